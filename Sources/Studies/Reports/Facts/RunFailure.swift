/// A run that ended with an error instead of a result.
public struct RunFailure: Sendable, Hashable, Encodable {
  public var arm: String
  public var seed: Int
  public var message: String

  public init(arm: String, seed: Int, message: String) {
    self.arm = arm
    self.seed = seed
    self.message = message
  }
}
