/// One thing that was set: a key, or keys of methods inside methods.
public struct ReportSetting: Sendable, Hashable, Encodable {
  /// `optimizer`, `optimizer.learningRate`, ….
  public var path: String
  /// As a person writes it.
  public var value: String
  /// The value, if it is a number.
  public var number: Double?

  public init(_ path: String, _ value: String, number: Double? = nil) {
    self.path = path
    self.value = value
    self.number = number
  }
}
