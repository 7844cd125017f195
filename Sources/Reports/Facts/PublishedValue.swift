/// A published value to put ours beside.
public struct PublishedValue: Sendable, Hashable, Encodable {
  /// What was published.
  public enum Quantity: Sendable, Hashable {
    /// A metric after the last epoch.
    case last(metric: String)
    /// A metric after its best epoch.
    case best(metric: String)
    /// A metric after an epoch, counted from 1.
    case at(metric: String, epoch: Int)
    /// The epoch of a metric's best value.
    case bestEpoch(metric: String)
    /// The first epoch at a target of a metric.
    case firstEpoch(metric: String, target: Double)
    /// Of a run.
    case seconds
  }

  public var quantity: Quantity
  /// Nil for a target that was published as never reached.
  public var value: Double?
  /// The unit of the last digit that was published: a number published as 97.85% is known to 0.0001.
  public var resolution: Double

  public init(_ quantity: Quantity, _ value: Double?, resolution: Double = 0) {
    self.quantity = quantity
    self.value = value
    self.resolution = resolution
  }

  private enum CodingKeys: String, CodingKey {
    case quantity, metric, epoch, target, value, resolution
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch quantity {
    case .last(let metric):
      try container.encode("last", forKey: .quantity)
      try container.encode(metric, forKey: .metric)
    case .best(let metric):
      try container.encode("best", forKey: .quantity)
      try container.encode(metric, forKey: .metric)
    case .at(let metric, let epoch):
      try container.encode("at", forKey: .quantity)
      try container.encode(metric, forKey: .metric)
      try container.encode(epoch, forKey: .epoch)
    case .bestEpoch(let metric):
      try container.encode("bestEpoch", forKey: .quantity)
      try container.encode(metric, forKey: .metric)
    case .firstEpoch(let metric, let target):
      try container.encode("firstEpoch", forKey: .quantity)
      try container.encode(metric, forKey: .metric)
      try container.encode(target, forKey: .target)
    case .seconds: try container.encode("seconds", forKey: .quantity)
    }
    try container.encode(value, forKey: .value)
    try container.encode(resolution, forKey: .resolution)
  }
}

extension PublishedValue {
  /// What was published of an arm, value by value. Accuracies are in percent with two decimals, losses have four; other
  /// metrics are as they are written.
  public static func all(of published: PublishedValues) -> [PublishedValue] {
    let accuracies: [(Quantity, Double?)] = [
      (.last(metric: "accuracy"), published.train), (.last(metric: "val_accuracy"), published.test),
      (.best(metric: "val_accuracy"), published.best), (.at(metric: "accuracy", epoch: 1), published.firstTrain),
      (.at(metric: "val_accuracy", epoch: 1), published.firstTest),
    ]
    let losses: [(Quantity, Double?)] = [
      (.last(metric: "loss"), published.trainLoss), (.last(metric: "val_loss"), published.testLoss),
      (.at(metric: "loss", epoch: 1), published.firstTrainLoss),
      (.at(metric: "val_loss", epoch: 1), published.firstTestLoss),
    ]
    var numbers = accuracies.compactMap { quantity, value in
      value.map { PublishedValue(quantity, $0 / 100, resolution: 1e-4) }
    }
    numbers += losses.compactMap { quantity, value in value.map { PublishedValue(quantity, $0, resolution: 1e-4) } }
    if let epoch = published.bestEpoch {
      numbers.append(PublishedValue(.bestEpoch(metric: "val_accuracy"), Double(epoch)))
    }
    for (target, epoch) in zip([0.95, 0.97, 0.98], published.reached ?? []) {
      numbers.append(PublishedValue(.firstEpoch(metric: "val_accuracy", target: target), epoch.map(Double.init)))
    }
    numbers += published.metrics.map { PublishedValue(.last(metric: $0), $1) }
    if let seconds = published.seconds { numbers.append(PublishedValue(.seconds, seconds)) }
    return numbers
  }
}
