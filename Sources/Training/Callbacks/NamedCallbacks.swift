import Configuration

/// A callback that configurations and plans name.
public protocol NamedCallback: Configurable {
  /// The metric that it watches; nil for none.
  var monitored: String? { get }
  /// Whether it changes the learning rate; see ``Method/adjustsLearningRate``.
  static var adjustsLearningRate: Bool { get }

  /// The callback for one training.
  /// - Parameter place: where it may write, and what it is for.
  func callback(in place: CallbackPlace) throws -> any Callback
}

extension NamedCallback {
  public var monitored: String? { nil }
  public static var adjustsLearningRate: Bool { false }
}

/// Where the callbacks of a training write.
public struct CallbackPlace: Sendable, Hashable {
  /// A folder, which is created when something is written.
  public let folder: String
  /// The run's configuration, which checkpoints keep.
  public let configuration: String

  public init(folder: String, configuration: String = "") {
    (self.folder, self.configuration) = (folder, configuration)
  }
}

/// ``EarlyStopping``, by name.
public struct NamedEarlyStopping: NamedCallback {
  public static let declaration = Declaration(
    "earlyStopping", "stops training when a metric has stopped improving", standard: NamedEarlyStopping(),
    settings: [
      .monitor(\.monitor), .patience(\.patience, "epochs without improvement after which training stops; 0 means 1"),
      .mode(\.mode), .minDelta(\.minDelta),
    ])

  public var monitor = "val_loss"
  public var patience = 0
  public var mode = MonitorMode.automatic
  public var minDelta = 0.0

  public init() {}
  public var monitored: String? { monitor }

  public func callback(in place: CallbackPlace) -> any Callback {
    EarlyStopping(monitor: monitor, patience: patience, mode: mode, minDelta: minDelta)
  }
}

/// ``BestParameters``, by name.
public struct NamedBestWeights: NamedCallback {
  public static let declaration = Declaration(
    "bestWeights", "returns to the weights of the best epoch when training ends", standard: NamedBestWeights(),
    settings: [.monitor(\.monitor), .mode(\.mode)])

  public var monitor = "val_loss"
  public var mode = MonitorMode.automatic

  public init() {}
  public var monitored: String? { monitor }
  public func callback(in place: CallbackPlace) -> any Callback { BestParameters(monitor: monitor, mode: mode) }
}

/// ``ReduceOnPlateau``, by name.
public struct NamedReduceOnPlateau: NamedCallback {
  public static let declaration = Declaration(
    "reduceOnPlateau", "lowers the learning rate when a metric has stopped improving", standard: NamedReduceOnPlateau(),
    settings: [
      .monitor(\.monitor), Setting("factor", \.factor, .number(in: 0...1), "what the learning rate is multiplied by"),
      .patience(\.patience, "epochs without improvement after which it is lowered"), .mode(\.mode),
      .minDelta(\.minDelta),
      Setting("cooldown", \.cooldown, .integer(in: 0...1_000_000), "epochs after a reduction that aren't counted"),
      Setting("least", \.least, .number(in: 0...1), "least part of the original learning rate"),
    ])

  public var monitor = "val_loss"
  public var factor = 0.1
  public var patience = 10
  public var mode = MonitorMode.automatic
  public var minDelta = 1e-4
  public var cooldown = 0
  public var least = 0.0

  public init() {}
  public var monitored: String? { monitor }
  public static var adjustsLearningRate: Bool { true }

  public func callback(in place: CallbackPlace) -> any Callback {
    ReduceOnPlateau(
      monitor: monitor, factor: factor, patience: patience, mode: mode, minDelta: minDelta, cooldown: cooldown,
      least: least)
  }
}

/// ``StopOnDivergence``, by name.
public struct NamedStopOnDivergence: NamedCallback {
  public static let declaration = Declaration(
    "stopOnDivergence", "stops training when a loss is no longer finite", standard: NamedStopOnDivergence())

  public init() {}
  public func callback(in place: CallbackPlace) -> any Callback { StopOnDivergence() }
}

/// ``TensorBoardLog``, by name.
public struct NamedTensorBoard: NamedCallback {
  public static let declaration = Declaration(
    "tensorBoard", "writes the metrics of each epoch for TensorBoard", standard: NamedTensorBoard(),
    settings: [Setting("folder", \.folder, .text, "folder for the log, within that of the run")])

  public var folder = "tensorboard"

  public init() {}

  public func callback(in place: CallbackPlace) throws -> any Callback {
    try TensorBoardLog(folder: "\(place.folder)/\(folder)")
  }
}

/// ``CheckpointCallback``, by name.
public struct NamedCheckpoints: NamedCallback {
  public static let declaration = Declaration(
    "checkpoints", "saves checkpoints from which training can continue", standard: NamedCheckpoints(),
    settings: [
      Setting("every", \.every, .integer(in: 1...1_000_000), "epochs from one checkpoint to the next"),
      Setting("keep", \.keep, .integer(in: 1...1_000_000), "number of checkpoints to keep"),
    ])

  public var every = 1
  public var keep = 2

  public init() {}

  public func callback(in place: CallbackPlace) throws -> any Callback {
    try CheckpointCallback(
      CheckpointFolder("\(place.folder)/checkpoints"), every: every, keep: keep, configuration: place.configuration)
  }
}

extension Setting {
  fileprivate static func monitor(_ property: WritableKeyPath<Method, String> & Sendable) -> Setting {
    Setting("monitor", property, .text, "metric to watch: val_loss, accuracy, …")
  }

  fileprivate static func patience(_ property: WritableKeyPath<Method, Int> & Sendable, _ meaning: String) -> Setting {
    Setting("patience", property, .integer(in: 0...1_000_000), meaning)
  }

  fileprivate static func mode(_ property: WritableKeyPath<Method, MonitorMode> & Sendable) -> Setting {
    Setting("mode", property, .word, "whether smaller or greater values are better; automatic knows the metrics")
  }

  fileprivate static func minDelta(_ property: WritableKeyPath<Method, Double> & Sendable) -> Setting {
    Setting("minDelta", property, .nonNegative, "how much better a value must be to count as an improvement")
  }
}
