import OrderedCollections

/// What a callback remembers from epoch to epoch, so that it can go on after a break.
public struct CallbackMemory: Sendable, Equatable {
  public var numbers: OrderedDictionary<String, Double>
  public var tensors: OrderedDictionary<String, HostArray>

  public init(numbers: OrderedDictionary<String, Double> = [:], tensors: OrderedDictionary<String, HostArray> = [:]) {
    self.numbers = numbers
    self.tensors = tensors
  }
}
