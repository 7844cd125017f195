/// How often each class was predicted as each class.
///
/// ```swift
/// let matrix = ConfusionMatrix(classes: 3, targets: [0, 1, 2, 2], predictions: [0, 2, 2, 2])
/// print(matrix.counts)  // [[1, 0, 0], [0, 0, 1], [0, 0, 2]]
/// print(matrix.scores[2].recall)  // 1.0
/// ```
public struct ConfusionMatrix: Sendable, Hashable {
  /// A row per class of the targets, a column per class predicted.
  public let counts: [[Int]]

  /// Counts pairs; those with a number that is no class are left out.
  /// - Parameter classes: how many there are.
  public init(classes: Int, targets: [Int], predictions: [Int]) {
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    let known = 0..<classes
    for (target, prediction) in zip(targets, predictions) where known.contains(target) && known.contains(prediction) {
      counts[target][prediction] += 1
    }
    self.counts = counts
  }

  /// How well a class was found. What would divide by zero is 0.
  public struct Score: Sendable, Hashable {
    public let precision: Double
    public let recall: Double
    public let f1: Double
    /// Examples of the class.
    public let support: Int
  }

  /// Each class's score, in the classes' order.
  public var scores: [Score] {
    counts.indices.map { index in
      let (right, actual) = (counts[index][index], counts[index].reduce(0, +))
      let predicted = counts.reduce(0) { $0 + $1[index] }
      let numbers = (right: Double(right), predicted: Double(predicted), actual: Double(actual))
      return Score(
        precision: PrecisionScore.score(right: numbers.right, predicted: numbers.predicted, actual: numbers.actual),
        recall: RecallScore.score(right: numbers.right, predicted: numbers.predicted, actual: numbers.actual),
        f1: F1Score.score(right: numbers.right, predicted: numbers.predicted, actual: numbers.actual), support: actual)
    }
  }

  /// Examples counted.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of examples on the diagonal; NaN without examples.
  public var accuracy: Double {
    total == 0 ? .nan : Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total)
  }
}
