extension String {
  /// The candidate that a person who typed `self` most likely meant, or nil if none is near.
  public func nearest(in candidates: [String]) -> String? {
    let typed = Array(lowercased().unicodeScalars.prefix(64))
    let ranked = candidates.map { ($0, typed.distance(to: Array($0.lowercased().unicodeScalars.prefix(64)))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, typed.count / 3) else { return nil }
    return best.0
  }
}

extension [Unicode.Scalar] {
  /// Levenshtein's distance, with swaps of neighbours counted once.
  fileprivate func distance(to other: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array<Int>(0...other.count)
    for i in indices {
      var row = [i + 1]
      for j in other.indices {
        var cost = Swift.min(last[j + 1] + 1, row[j] + 1, last[j] + (self[i] == other[j] ? 0 : 1))
        if i > 0, j > 0, self[i] == other[j - 1], self[i - 1] == other[j] { cost = Swift.min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[other.count]
  }
}
