import POSIX
import TestSupport
import Testing

@Suite(
    "slipway with this machine as the builder",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .serialized,
    .timeLimit(.minutes(15))
)
struct HostBuilderTests {
    @Test("builds a static site that answers, and ends with nothing left, as root and as an ordinary user")
    func staticSite() throws {
        var references: [String] = []
        for (number, user) in SlipwayUser.all.enumerated() {
            let site = try SlipwaySite(user)
            try site.directory.write("app/index.html", "<p>a small site")
            let reference = try site.succeed("build", "app", "--tag", "shop:1")
            #expect(
                reference.wholeMatch(of: /shop@sha256:[0-9a-f]{64}/) != nil,
                "standard output is '\(reference)'"
            )
            #expect(try site.succeed("store", "ls").contains("shop:1"))
            references.append(reference)
            let page = try answer(of: site, "shop:1", port: 18_441 + number)
            #expect(page == "<p>a small site")
            #expect(site.lastingLeftovers() == [])
        }
        #expect(Set(references).count == 1, "the image depends on who builds it: \(references)")
    }

    @Test("runs a program that a buildpack has compiled, on the machine's C library", .enabled(if: Self.hasCompiler))
    func compiled() throws {
        let buildpacks = try TestBuilder()
        let buildpack = try buildpacks.buildpack(
            "test/c",
            detect: "[ -f main.c ]",
            build: """
                mkdir -p "$1/program/bin"
                cc -o "$1/program/bin/hello" main.c
                printf '[types]\\nlaunch = true\\n' >"$1/program.toml"
                printf '[[processes]]\\ntype = "web"\\ncommand = ["hello"]\\ndefault = true\\n' >"$1/launch.toml"
                """
        )
        let site = try SlipwaySite()
        try site.directory.write(
            "app/main.c",
            """
            #include <stdio.h>
            #include <unistd.h>
            int main(int count, char **words) { printf("%d %s %d\\n", count, words[1], getuid()); return 7; }
            """
        )
        try site.succeed("build", "app", "-t", "hello", "-b", buildpack)
        let run = try site.slipway(["run", "hello", "--", "words of an argument"])
        #expect(run.output == "2 words of an argument 1000\n", "\(run.errors)")
        #expect(run.status == .exited(7), "the app's exit code is that of the command")
    }

    @Test("serves a Flask app on this machine's Python", .enabled(if: Self.hasIndex, "needs PyPI"))
    func flask() throws {
        let site = try SlipwaySite(.current)
        try site.directory.write("app/requirements.txt", "flask\ngunicorn\n")
        try site.directory.write("app/Procfile", "web: gunicorn --bind 127.0.0.1:$PORT app:app\n")
        try site.directory.write(
            "app/app.py",
            """
            import flask
            app = flask.Flask(__name__)
            @app.route("/")
            def page():
                return "Flask says hello"
            """
        )
        try site.succeed("build", "app", "-t", "flask-app")
        #expect(try answer(of: site, "flask-app", port: 18_443) == "Flask says hello")
        #expect(site.lastingLeftovers() == [])
    }

    @Test("serves a Django app of an ordinary user", .enabled(if: Self.hasIndex, "needs PyPI"))
    func django() throws {
        let site = try SlipwaySite()
        try site.directory.write("app/requirements.txt", "Django>=4.2,<6\n")
        try site.directory.write("app/shop/__init__.py", "")
        let settings = "DJANGO_SETTINGS_MODULE"
        try site.directory.write(
            "app/manage.py",
            """
            import os, sys
            from django.core.management import execute_from_command_line
            os.environ.setdefault("\(settings)", "shop.settings")
            execute_from_command_line(sys.argv)
            """
        )
        try site.directory.write(
            "app/shop/settings.py",
            "ALLOWED_HOSTS = [\"*\"]\nROOT_URLCONF = \"shop.urls\"\nSECRET_KEY = \"x\"\nUSE_TZ = True\n"
        )
        try site.directory.write(
            "app/shop/urls.py",
            """
            from django.http import HttpResponse
            from django.urls import path
            urlpatterns = [path("", lambda request: HttpResponse("Django says hello"))]
            """
        )
        try site.directory.write(
            "app/shop/wsgi.py",
            """
            import os
            from django.core.wsgi import get_wsgi_application
            os.environ.setdefault("\(settings)", "shop.settings")
            application = get_wsgi_application()
            """
        )
        try site.succeed("build", "app", "-t", "django-app")
        #expect(try answer(of: site, "django-app", port: 18_444) == "Django says hello")
        #expect(site.lastingLeftovers() == [])
    }

    /// Starts an image's app, fetches its page, and ends it as a service manager would.
    private func answer(of site: SlipwaySite, _ image: String, port: Int) throws -> String {
        let app = try site.start(["run", image, "-e", "PORT=\(port)"])
        defer { app.stop(signal: .kill) }
        var page = ""
        for _ in 1...150 where page.isEmpty && app.isRunning {
            page = try runCommand(["curl", "-fs", "--noproxy", "*", "http://127.0.0.1:\(port)/"]).output
            if page.isEmpty { Clock.sleep(milliseconds: 100) }
        }
        let status = app.stop(signal: .terminate, graceMilliseconds: 10_000)
        let log = (try? FileSystem.readText(site.directory.path("log"))) ?? ""
        #expect(status != .signaled(Signal.kill.rawValue), "SIGTERM does not end the app: \(log)")
        #expect(!page.isEmpty, "the app does not answer: \(log)")
        let after = try runCommand(["curl", "-fs", "--noproxy", "*", "http://127.0.0.1:\(port)/"])
        #expect(after.status == .exited(7), "something still answers at the port")
        return page
    }

    private static let hasCompiler = Conditions.commandExists("cc")
    /// Whether pip finds packages, so that a machine without a network skips the tests.
    private static let hasIndex =
        (try? runCommand(["pip", "index", "versions", "flask"]))?.status == .exited(0)
}
