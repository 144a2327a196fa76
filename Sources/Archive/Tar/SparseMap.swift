/// The map of a sparse file in GNU's oldest format: in the header, continued in blocks after it.
struct SparseMap {
    private(set) var numbers: [Int64] = []
    /// Whether another block with further pieces follows.
    private(set) var needsMore: Bool
    let realSize: Int64?

    private static let piecesInHeader = 4
    private static let piecesInExtension = 21

    init(header block: [UInt8]) {
        needsMore = block[TarBlock.gnuSparseIsExtended.offset] != 0
        realSize = TarField.number(block, TarBlock.gnuRealSize)
        add(block, from: TarBlock.gnuSparseMap.offset, count: Self.piecesInHeader)
    }

    mutating func add(extensionBlock block: [UInt8]) {
        // A map this long is an attack; an odd number of values is refused later.
        guard numbers.count < 1 << 17 else {
            numbers.append(-1)
            needsMore = false
            return
        }
        needsMore = block[Self.piecesInExtension * 24] != 0
        add(block, from: 0, count: Self.piecesInExtension)
    }

    private mutating func add(_ block: [UInt8], from start: Int, count: Int) {
        for index in 0..<count {
            let offset = start + index * 24
            guard block[offset] != 0 else { return }
            numbers.append(TarField.number(block[offset..<offset + 12]) ?? -1)
            numbers.append(TarField.number(block[(offset + 12)..<offset + 24]) ?? -1)
        }
    }

    /// Makes pieces of a map, if they are in order, within the file, and use up exactly what is stored.
    ///
    /// - Parameters:
    ///   - numbers: offsets and lengths in turn.
    ///   - size: the file's size with its holes.
    ///   - stored: how many bytes the archive has of it.
    /// - Returns: nil for a map that lies.
    static func fragments(of numbers: [Int64], size: Int64, stored: Int64) -> [SparseFragment]? {
        guard numbers.count.isMultiple(of: 2), size >= 0 else { return nil }
        var fragments: [SparseFragment] = []
        var end: Int64 = 0
        var total: Int64 = 0
        for index in stride(from: 0, to: numbers.count, by: 2) {
            let (offset, length) = (numbers[index], numbers[index + 1])
            guard offset >= end, length >= 0, offset <= size, length <= size - offset else { return nil }
            end = offset + length
            total += length
            if length > 0 { fragments.append(SparseFragment(offset: offset, length: length)) }
        }
        return total == stored ? fragments : nil
    }
}

/// The map of sparse format 1.0: a count, then offsets and lengths, one decimal number a line.
struct SparseMapLines {
    private(set) var numbers: [Int64] = []
    private(set) var size: Int64 = 0
    private var count: Int64?
    private var line: [UInt8] = []

    var isComplete: Bool { count.map { Int64(numbers.count) == $0 * 2 } ?? false }

    /// Takes the next block of the map; false if it is malformed.
    mutating func add(_ block: [UInt8]) -> Bool {
        size += Int64(block.count)
        for byte in block where !isComplete {
            guard byte == UInt8(ascii: "\n") else {
                guard line.count < 20 else { return false }
                line.append(byte)
                continue
            }
            guard let number = PAXRecords.decimal(line) else { return false }
            line.removeAll(keepingCapacity: true)
            if count == nil {
                guard number < PAXRecords.longest else { return false }
                count = number
            } else {
                numbers.append(number)
            }
        }
        return true
    }
}
