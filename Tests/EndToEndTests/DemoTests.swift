import POSIX
import TestSupport
import Testing

@Suite("Demo", .enabled(if: ReleaseBinaries.canBuildApps, "\(ReleaseBinaries.appsComment)"), .serialized)
struct DemoTests {
    @Test("builds the example site and serves it from its image")
    func site() throws {
        let page = try demo(port: 18_431)
        #expect(page.contains("<h1>It floats</h1>"))
    }

    @Test(
        "builds a Django app with the python buildpack and serves it from its image",
        .enabled(if: Self.indexHasDjango, "needs PyPI")
    )
    func django() throws {
        let directory = try TemporaryDirectory()
        try directory.write("requirements.txt", "Django>=4.2,<6\n")
        try directory.write("manage.py", Self.manage)
        try directory.write("shop/__init__.py", "")
        try directory.write("shop/settings.py", Self.settings)
        try directory.write("shop/urls.py", Self.urls)
        try directory.write("shop/wsgi.py", Self.wsgi)

        let page = try demo(port: 18_432, app: directory.path)
        #expect(page.contains("Django says hello to /"))
    }

    @Test("takes the app's path from where it is called, keeps the cache, and lets the app write its files")
    func again() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("apps/shop/index.html", "<p>first")
        let first = try runDemo(["apps/shop"], port: 18_433, in: scratch)
        try #require(first.status == .exited(0), "\(first.output)\(first.errors)")
        #expect(first.output.contains("<p>first"))
        #expect(first.output.contains("What next"))
        // Whoever builds, the app's files are the run image's user's.
        let owners = try runCommand([
            "python3", "-c", Self.owners, scratch.path("demo/image"), "workspace/index.html",
        ])
        #expect(owners.output == "1000:1000\n", "\(owners.errors)")

        let second = try runDemo(["apps/shop"], port: 18_433, in: scratch)
        #expect(second.errors.contains("Reusing the web server"), "\(second.output)\(second.errors)")
    }

    @Test("does not take another server's page for the app's")
    func portTaken() throws {
        let scratch = try TemporaryDirectory()
        let server = try runCommand([
            "bash", "-c",
            """
            python3 -m http.server --bind 127.0.0.1 18434 >/dev/null 2>&1 & server=$!
            until curl --silent --noproxy '*' --output /dev/null http://127.0.0.1:18434/; do sleep 0.1; done
            PORT=18434 DEMO_DIR=$1/demo SLIPWAY_BIN=$2 SLIPWAY_TOOLS=$3 $0/scripts/demo; status=$?
            kill $server
            exit $status
            """,
            Repository.root, scratch.path, ReleaseBinaries.directory ?? "", ReleaseBinaries.tools,
        ])
        #expect(server.status == .exited(1))
        #expect(server.errors.contains("port 18434 can't be had"), "\(server.errors)")
        #expect(!server.output.contains("answers"))
    }

    @Test(
        "changes nothing before its arguments are right",
        arguments: [
            (["--help"], 0, "usage: scripts/demo"), (["--what"], 1, "there is no option --what"),
            (["nowhere"], 1, "there is no directory 'nowhere'"), (["."], 1, "has files that are not from this script"),
        ]
    )
    func arguments(given: [String], status: Int32, said: String) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("demo/letters", "kept")
        let result = try runDemo(given == ["."] ? [] : given, port: 18_435, in: scratch)
        #expect(result.status == .exited(status))
        #expect((result.output + result.errors).contains(said), "\(result.output)\(result.errors)")
        #expect(try FileSystem.list(scratch.path("demo")).map(\.name) == ["letters"])
    }

    /// Runs the demo; gives what it printed.
    private func demo(port: Int, app: String? = nil) throws -> String {
        let result = try runDemo(app.map { [$0] } ?? [], port: port, in: TemporaryDirectory())
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        return result.output
    }

    /// Runs the demo in a directory, with its output in `demo` there.
    private func runDemo(_ arguments: [String], port: Int, in scratch: TemporaryDirectory) throws -> CommandResult {
        try runCommand(
            ["\(Repository.root)/scripts/demo"] + arguments,
            environment: [
                "PORT": "\(port)", "DEMO_DIR": "demo", "SLIPWAY_BIN": ReleaseBinaries.directory,
                "SLIPWAY_TOOLS": ReleaseBinaries.tools,
            ],
            in: scratch.path
        )
    }

    /// Whether pip finds Django, so that a machine without a network skips the test.
    private static let indexHasDjango: Bool = {
        let found = try? runCommand(["pip", "index", "versions", "Django"])
        return found?.status == .exited(0)
    }()

    /// Prints who owns a file of a layout's image.
    private static let owners = """
        import glob, sys, tarfile
        for path in glob.glob(sys.argv[1] + "/blobs/sha256/*"):
            try:
                with tarfile.open(path) as layer:
                    found = [entry for entry in layer if entry.name.lstrip("/") == sys.argv[2]]
            except tarfile.TarError:
                continue
            for entry in found:
                print(f"{entry.uid}:{entry.gid}")
        """
    private static let manage = """
        import os
        import sys

        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        execute_from_command_line(sys.argv)
        """
    private static let settings = """
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "shop.urls"
        SECRET_KEY = "only for a test"
        USE_TZ = True
        """
    private static let urls = """
        from django.http import HttpResponse
        from django.urls import path

        urlpatterns = [path("", lambda request: HttpResponse(f"Django says hello to {request.path}"))]
        """
    private static let wsgi = """
        import os

        from django.core.wsgi import get_wsgi_application

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        application = get_wsgi_application()
        """
}
