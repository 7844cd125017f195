/// The ranks of values from 1, ties sharing their mean rank.
struct Ranks {
  /// Twice each value's rank: a whole number even where ties share a half.
  let doubled: [Int]
  /// The sizes of the groups of equal values.
  let ties: [Int]

  /// - Parameter tolerance: neighbours no further apart are tied: differences of equal size differ by rounding.
  init(_ values: [Double], tolerance: Double = 0) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var doubled = [Int](repeating: 0, count: values.count)
    var ties: [Int] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] - values[order[end - 1]] <= tolerance { end += 1 }
      for position in order[start..<end] { doubled[position] = start + 1 + end }
      ties.append(end - start)
      start = end
    }
    self.doubled = doubled
    self.ties = ties
  }
}
