/// A name in a StableHLO program, with its type.
public struct Value: Sendable, CustomStringConvertible {
  public let name: String
  public let type: TensorType
  public var description: String { name }
}
