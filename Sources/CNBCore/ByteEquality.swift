extension String {
    /// Whether both texts are spelled with the same bytes.
    ///
    /// Ids, types and names are not to be equal because Unicode says that they look the same, as `==` has it; and the
    /// launcher does without Unicode's tables, which are a sixth of its size.
    ///
    /// - Parameter other: The text to compare with.
    /// - Returns: Whether all bytes are equal.
    public func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
