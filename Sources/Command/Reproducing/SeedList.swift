/// Seeds as people write them: `3` for so many, `0..4` for a range, `1,5,9` for a list.
struct SeedList {
  let seeds: [Int]

  private static let limit = 10_000

  /// - Parameter first: where counting starts.
  init(_ text: String, first: Int) throws(UsageError) {
    let bad = UsageError(
      "--seeds is '\(text)', but must be a number of seeds (3), a range (0..4) or a list (1,5,9), of \(Self.limit) at most")
    func number(_ text: Substring) throws(UsageError) -> Int {
      guard let value = Int(text), (0...Int(UInt32.max)).contains(value) else { throw bad }
      return value
    }
    if let dots = text.firstRange(of: "..") {
      let (low, high) = (try number(text[..<dots.lowerBound]), try number(text[dots.upperBound...]))
      guard low <= high, high - low < Self.limit else { throw bad }
      seeds = Array(low...high)
    } else if text.contains(",") {
      var listed: [Int] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) { listed.append(try number(part)) }
      guard listed.count <= Self.limit, Set(listed).count == listed.count else { throw bad }
      seeds = listed
    } else {
      let count = try number(text[...])
      guard (1...Self.limit).contains(count) else { throw bad }
      seeds = Array(first..<first + count)
    }
  }
}
