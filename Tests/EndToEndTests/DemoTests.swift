import POSIX
import TestSupport
import Testing

@Suite("Demo", .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"), .serialized)
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

    /// Runs the demo; gives what it printed.
    private func demo(port: Int, app: String? = nil) throws -> String {
        let scratch = try TemporaryDirectory()
        let result = try runCommand(
            ["\(Repository.root)/scripts/demo"] + (app.map { [$0] } ?? []),
            environment: [
                "PORT": "\(port)", "DEMO_DIR": scratch.path("demo"), "SLIPWAY_BIN": ReleaseBinaries.directory,
            ]
        )
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        return result.output
    }

    /// Whether pip finds Django, so that a machine without a network skips the test.
    private static let indexHasDjango: Bool = {
        let found = try? runCommand(["pip", "index", "versions", "Django"])
        return found?.status == .exited(0)
    }()

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
