/// Names of methods and settings, read by hand: Swift parses a regular expression anew each time it is used, which takes
/// longer than matching.
extension StringProtocol {
  /// The name that the text begins with: a letter of ASCII, then letters, digits, `_` and `-`. Empty if there is none.
  package var leadingName: SubSequence {
    guard let first = utf8.first, first.isLetter else { return self[..<startIndex] }
    return self[..<(utf8.firstIndex { !$0.isInName } ?? endIndex)]
  }

  /// Whether the text is one name.
  package var isName: Bool { !isEmpty && leadingName.endIndex == endIndex }

  /// Whether the text is names of letters, digits and `_` with a dot between each two: a setting's path.
  package var isPath: Bool {
    split(separator: ".", omittingEmptySubsequences: false).allSatisfy { $0.isName && !$0.contains("-") }
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { (65...90).contains(self & ~32) }

  fileprivate var isInName: Bool {
    isLetter || (48...57).contains(self) || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
  }
}
