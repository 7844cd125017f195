import OrderedCollections
import Tensors

/// Everything that decides how a training goes on, on the host: restored into a trainer of the same model and
/// method, the remaining epochs give bit for bit what they would have given without a break.
public struct Checkpoint: Sendable, Equatable {
  /// The training state by path: `parameters/…`, `state/…`, `optimizer/…`, `rule/…`, `averaging/…`.
  public var tensors: OrderedDictionary<String, HostArray>
  /// Epochs done; the next one has this number, counted from 0, and its order follows from it and the key.
  public var epoch: Int
  /// Updates done.
  public var step: Int
  /// The state of the key that order and all random draws are derived from: two numbers.
  public var key: [UInt64]
  /// How the last `fit` went through its data, nil if there was none.
  public var plan: DataPlan?
  /// The resolved configuration, as whoever saves writes it.
  public var configuration: String
  /// Everything that training showed so far.
  public var history: History
  /// What callbacks remember, by their names.
  public var callbacks: OrderedDictionary<String, CallbackMemory>

  public init(
    tensors: OrderedDictionary<String, HostArray>, epoch: Int, step: Int, key: [UInt64], plan: DataPlan? = nil,
    configuration: String = "", history: History = History(),
    callbacks: OrderedDictionary<String, CallbackMemory> = [:]
  ) {
    (self.tensors, self.epoch, self.step, self.key, self.plan) = (tensors, epoch, step, key, plan)
    (self.configuration, self.history, self.callbacks) = (configuration, history, callbacks)
  }

  /// Epochs of the plan that aren't done; 0 without a plan, and where a callback has ended training.
  public var remainingEpochs: Int {
    guard let plan, history.stopReason == nil else { return 0 }
    return Swift.max(0, plan.epochs - epoch)
  }
}

extension Checkpoint {
  private static let callbackPrefix = "callbacks/"

  /// The state's and the callbacks' tensors, as one file holds them.
  var allTensors: OrderedDictionary<String, HostArray> {
    var all = tensors
    for (name, memory) in callbacks {
      for (path, array) in memory.tensors { all["\(Self.callbackPrefix)\(name)/\(path)"] = array }
    }
    return all
  }

  /// Puts a file's tensors where they belong. The callbacks' numbers, and so their names, are there already.
  mutating func distribute(_ all: OrderedDictionary<String, HostArray>) {
    // A name may begin with another one: the longest that fits is meant.
    let names = callbacks.keys.sorted { $0.utf8.count > $1.utf8.count }
    for (path, array) in all {
      let owner = names.first { path.hasPrefix("\(Self.callbackPrefix)\($0)/") }
      if let owner {
        callbacks[owner]?.tensors[String(path.dropFirst(Self.callbackPrefix.count + owner.count + 1))] = array
      } else {
        tensors[path] = array
      }
    }
  }
}

/// How training goes through its data. Whoever goes on after a break has to do it in the same way.
public struct DataPlan: Sendable, Equatable {
  /// In all, those done before included; schedules may depend on it.
  public var epochs: Int
  public var stepsPerEpoch: Int
  public var batchSize: Int
  /// The type of the order: `ShuffledOrder`.
  public var order: String

  public init(epochs: Int, stepsPerEpoch: Int, batchSize: Int, order: String) {
    (self.epochs, self.stepsPerEpoch, self.batchSize, self.order) = (epochs, stepsPerEpoch, batchSize, order)
  }
}

/// What a callback remembers from epoch to epoch, so that it can go on after a break.
public struct CallbackMemory: Sendable, Equatable {
  public var numbers: OrderedDictionary<String, Double>
  public var tensors: OrderedDictionary<String, HostArray>

  public init(numbers: OrderedDictionary<String, Double> = [:], tensors: OrderedDictionary<String, HostArray> = [:]) {
    self.numbers = numbers
    self.tensors = tensors
  }
}

/// An array whose element type or shape isn't the one asked for.
public struct TypeMismatch: Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let expected: TensorType
  public let actual: TensorType

  public init(path: String, expected: TensorType, actual: TensorType) {
    (self.path, self.expected, self.actual) = (path, expected, actual)
  }

  public var description: String {
    "\(path) is \(actual.dtype)\(actual.shape), not \(expected.dtype)\(expected.shape)"
  }
}
