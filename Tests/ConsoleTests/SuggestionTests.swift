import Console
import Testing

@Suite("Suggestions")
struct SuggestionTests {
    @Test(
        "the nearest word is found, and none where nothing is near",
        arguments: [
            ("wbe", "web"), ("ordres", "orders"), ("Detect", "detect"), ("w", nil), ("completely", nil), ("", nil),
        ] as [(String, String?)]
    )
    func nearest(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, among: ["web", "worker", "orders", "detect"]) == expected)
    }
}
