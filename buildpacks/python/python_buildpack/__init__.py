"""The python buildpack: what an app is (app), how it is built (build), and how a WSGI app is served (serve_wsgi)."""
