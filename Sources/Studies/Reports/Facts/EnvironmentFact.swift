/// One thing that results depend on besides the settings: a version, the device, where the data came from.
public struct EnvironmentFact: Sendable, Hashable, Encodable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
