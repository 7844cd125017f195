import OrderedCollections
import Tensors

/// Everything that determines how a training continues, in host memory. Restored into a trainer of the same model and
/// method, the remaining epochs give bit for bit the results of a training without a break.
public struct Checkpoint: Sendable, Equatable {
  /// The training state by path: `parameters/…`, `state/…`, `optimizer/…`, `rule/…`, `averaging/…`.
  public var tensors: OrderedDictionary<String, HostArray>
  /// Number of epochs done. It is the index of the next one, whose order follows from it and the key.
  public var epoch: Int
  /// Number of updates done.
  public var step: Int
  /// The state of the key that the order and all random draws are derived from: two numbers.
  public var key: [UInt64]
  /// How the last `fit` went through its data, nil if there was none.
  public var plan: Plan?
  /// The resolved configuration, as given by the caller.
  public var configuration: String
  /// The records of all epochs so far.
  public var history: History
  /// The memories of callbacks, by their names.
  public var callbacks: OrderedDictionary<String, CallbackMemory>

  public init(
    tensors: OrderedDictionary<String, HostArray>, epoch: Int, step: Int, key: [UInt64], plan: Plan? = nil,
    configuration: String = "", history: History = History(),
    callbacks: OrderedDictionary<String, CallbackMemory> = [:]
  ) {
    (self.tensors, self.epoch, self.step, self.key, self.plan) = (tensors, epoch, step, key, plan)
    (self.configuration, self.history, self.callbacks) = (configuration, history, callbacks)
  }

  /// Epochs of the plan that aren't done; 0 without a plan, and if a callback has stopped training.
  public var remainingEpochs: Int {
    guard let plan, history.stopReason == nil else { return 0 }
    return Swift.max(0, plan.epochs - epoch)
  }
}

extension Checkpoint {
  private static let callbackPrefix = "callbacks/"

  /// The tensors of the state and of callbacks, as one file holds them.
  var allTensors: OrderedDictionary<String, HostArray> {
    var all = tensors
    for (name, memory) in callbacks {
      for (path, array) in memory.tensors { all["\(Self.callbackPrefix)\(name)/\(path)"] = array }
    }
    return all
  }

  /// Assigns a file's tensors to the state and the callbacks, whose names must be there already.
  mutating func distribute(_ all: OrderedDictionary<String, HostArray>) {
    // A name may begin with another one: the longest match counts.
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

extension Checkpoint {
  /// How training goes through its data. A training that continues must go through it in the same way.
  public struct Plan: Sendable, Equatable {
    /// In total, including those done before; schedules may depend on it.
    public var epochs: Int
    public var stepsPerEpoch: Int
    public var batchSize: Int
    /// The type of the order, such as `ShuffledOrder`.
    public var order: String

    public init(epochs: Int, stepsPerEpoch: Int, batchSize: Int, order: String) {
      (self.epochs, self.stepsPerEpoch, self.batchSize, self.order) = (epochs, stepsPerEpoch, batchSize, order)
    }
  }
}

/// What a callback remembers from epoch to epoch, so that it can continue after a break.
public struct CallbackMemory: Sendable, Equatable {
  public var numbers: OrderedDictionary<String, Double>
  public var tensors: OrderedDictionary<String, HostArray>

  public init(numbers: OrderedDictionary<String, Double> = [:], tensors: OrderedDictionary<String, HostArray> = [:]) {
    self.numbers = numbers
    self.tensors = tensors
  }
}

/// An array whose element type or shape isn't the required one.
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
