import PJRT

/// One run of a study: an arm and a seed, resolved.
public struct RunSpec: Sendable, Hashable {
  /// The arm's name.
  public let arm: String
  public let seed: Int
  public let configuration: RunConfiguration
  /// Names the configuration, whatever study it belongs to: 64 hexadecimal digits.
  public let id: String

  public init(arm: String, seed: Int, configuration: RunConfiguration) {
    self.arm = arm
    self.seed = seed
    self.configuration = configuration
    id = configuration.id
  }
}
