import Foundation

/// What a classifier made of labelled records.
public struct ClassifiedRecords: Sendable {
  public let classNames: [String]
  /// The classes the records are of.
  public let labels: [Int]
  /// The most probable class of each record, the first of equal ones; nil where the outputs aren't numbers.
  public let predicted: [Int?]
  /// Records by their class, and then by the predicted one.
  public let confusion: [[Int]]
  /// The probability of each record's own class.
  private let trueProbability: [Double]
  private let predictedProbability: [Double]

  /// - Parameters:
  ///   - outputs: the model's, `[records, classes]`, or `[records, 1]` for two classes.
  ///   - classNames: classes without a name go by their number.
  /// - Returns: nil if outputs and labels are of different shapes, or the outputs aren't of classes.
  public init?(outputs: HostArray, labels: [Int32], classCount: Int, classNames: [String] = [], kind: OutputKind) {
    guard outputs.shape.count == 2, outputs.shape[0] == labels.count, kind != .values,
      outputs.shape[1] == classCount || classCount == 2 && outputs.shape[1] == 1,
      labels.allSatisfy({ (0..<classCount).contains(Int($0)) }), let values: [Double] = try? outputs.converted()
    else { return nil }
    self.classNames = (0..<classCount).map { classNames.indices.contains($0) ? classNames[$0] : "\($0)" }
    self.labels = labels.map(Int.init)
    let width = outputs.shape[1]
    var (predicted, ofTrue, ofPredicted): ([Int?], [Double], [Double]) = ([], [], [])
    for (record, label) in self.labels.enumerated() {
      let row = kind.probabilities(values[record * width..<(record + 1) * width])
      let choice = row.allSatisfy(\.isFinite) ? row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } : nil
      predicted.append(choice)
      ofTrue.append(row[label])
      ofPredicted.append(choice.map { row[$0] } ?? .nan)
    }
    self.predicted = predicted
    // No class is -1, so records without a prediction aren't counted.
    confusion =
      ConfusionMatrix(classes: classCount, targets: self.labels, predictions: predicted.map { $0 ?? -1 }).counts
    (trueProbability, predictedProbability) = (ofTrue, ofPredicted)
  }

  /// One class's part of the records.
  public struct Scores: Sendable, Equatable {
    /// Records of the class.
    public let support: Int
    /// The share of right ones among the records predicted to be of the class; nil if there are none.
    public let precision: Double?
    /// The share of the class's records that are predicted right; nil if there are none.
    public let recall: Double?
    /// The harmonic mean of precision and recall; nil if the class has neither records nor predictions.
    public let f1: Double?
  }

  public func scores(of label: Int) -> Scores {
    let right = confusion[label][label]
    let support = labels.count { $0 == label }
    let claimed = confusion.reduce(0) { $0 + $1[label] }
    return Scores(
      support: support, precision: claimed > 0 ? Double(right) / Double(claimed) : nil,
      recall: support > 0 ? Double(right) / Double(support) : nil,
      f1: support + claimed > 0 ? Double(2 * right) / Double(support + claimed) : nil)
  }

  /// A record of another class than predicted.
  public struct Mistake: Sendable, Equatable {
    public let record: Int
    public let label: Int
    public let predicted: Int
    public let probabilityOfLabel: Double
    public let probabilityOfPredicted: Double
  }

  /// The records whose own class was given the least probability, worst first.
  public func worstMistakes(_ count: Int) -> [Mistake] {
    let wrong = labels.indices.filter { predicted[$0] != nil && predicted[$0] != labels[$0] }
    return wrong.sorted { (trueProbability[$0], $0) < (trueProbability[$1], $1) }.prefix(max(0, count)).compactMap {
      record in
      predicted[record].map { choice in
        Mistake(
          record: record, label: labels[record], predicted: choice, probabilityOfLabel: trueProbability[record],
          probabilityOfPredicted: predictedProbability[record])
      }
    }
  }

  /// How many records were predicted right, wrong, and not at all.
  public var counts: (right: Int, wrong: Int, undefined: Int) {
    let right = zip(labels, predicted).count { $0 == $1 }
    let undefined = predicted.count { $0 == nil }
    return (right, labels.count - right - undefined, undefined)
  }
}

extension OutputKind {
  /// The probabilities of all classes, from one record's outputs.
  fileprivate func probabilities(_ outputs: ArraySlice<Double>) -> [Double] {
    func ofEvents(_ probabilities: [Double]) -> [Double] {
      probabilities.count == 1 ? [1 - probabilities[0], probabilities[0]] : probabilities
    }
    switch self {
    case .classLogits:
      let most = outputs.max() ?? 0
      let powers = outputs.map { exp($0 - most) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    case .classLogProbabilities: return outputs.map { exp($0) }
    case .eventLogits: return ofEvents(outputs.map { 1 / (1 + exp(-$0)) })
    case .eventProbabilities: return ofEvents(Array(outputs))
    case .classProbabilities, .values: return Array(outputs)
    }
  }
}
