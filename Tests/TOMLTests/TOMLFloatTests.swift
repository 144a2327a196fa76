import TOML
import Testing

@Suite("TOML floats")
struct TOMLFloatTests {
    private func float(_ text: String) throws -> Double? {
        guard case .float(let number)? = try TOMLDocument.parse("a = \(text)")["a"] else { return nil }
        return number
    }

    @Test(
        "gives the nearest double",
        arguments: [
            "0.0", "-0.0", "1.0", "3.14", "-0.01", "5e+22", "1e06", "-2E-2", "6.626e-34", "1e22", "1e23",
            "123456789012345e22",
            "9007199254740993.0", "9007199254740992.9999999999999999", "9007199254740993.00000000000000000000000000001",
            "1.7976931348623157e308", "1.7976931348623158e308", "2.2250738585072014e-308", "2.2250738585072011e-308",
            "4.9406564584124654e-324", "2.4703282292062328e-324", "2.4703282292062327e-324", "1e-400", "1e-340",
            "0.000000000000000000000000000000000000000000000000000000000000000001e66", "8.41e21", "2.0e-308",
            "7.2057594037927933e16", "0.1e1", "0.5000000000000001665334536937735", "9214843084008499.0",
            "6.9294956446009195e15",
            "123456789012345678901234567890.0", "0.30000000000000004", "1.00000005960464477550",
        ]
    )
    func nearest(text: String) throws {
        let value = try #require(try float(text))
        #expect(value.bitPattern == Double(text)?.bitPattern)
    }

    @Test("agrees with the standard library on arbitrary digits")
    func arbitrary() throws {
        var generator = SplitMix(state: 7)
        for _ in 0..<3000 {
            let digits = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                "\(Int.random(in: 0...9, using: &generator))"
            }
            let text = "1.\(digits.joined())e\(Int.random(in: -345...305, using: &generator))"
            #expect(try float(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test("agrees with the standard library on the doubles' own digits and the halves between them")
    func boundaries() throws {
        var generator = SplitMix(state: 11)
        for _ in 0..<2000 {
            let value = Double(bitPattern: UInt64.random(in: 1..<0x7FE0_0000_0000_0000, using: &generator))
            let text = value.description.contains(".") ? value.description : "\(value)"
            #expect(try float(text)?.bitPattern == value.bitPattern, "\(text)")
        }
        // Half way between 1 and the next double, then a bit below and above.
        let half = "1.00000000000000011102230246251565404236316680908203125"
        #expect(try float(half) == 1)
        #expect(try float(half + "0000000000000000000000000000000000000000000000001") == 1.0.nextUp)
        #expect(try float("1.00000000000000011102230246251565404236316680908203124999999999999") == 1)
        #expect(try float(half + String(repeating: "0", count: 900) + "1") == 1.0.nextUp)
    }

    @Test("knows infinity and what is not a number")
    func special() throws {
        #expect(try float("inf") == .infinity)
        #expect(try float("+inf") == .infinity)
        #expect(try float("-inf") == -.infinity)
        #expect(try float("nan")?.isNaN == true)
        #expect(try float("-nan")?.isNaN == true)
    }

    @Test("does not slow down on long fractions")
    func longFraction() throws {
        #expect(try float("0.\(String(repeating: "3", count: 200_000))") == 1.0 / 3)
        #expect(try float("0.\(String(repeating: "0", count: 200_000))1e200001") == 1)
        #expect(try float("1\(String(repeating: "0", count: 200_000)).0e-200000") == 1)
    }
}

/// A small generator with a fixed seed, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
