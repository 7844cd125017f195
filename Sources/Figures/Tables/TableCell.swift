/// One cell of a ``TextTable``.
public struct TableCell: Sendable, Equatable, ExpressibleByStringInterpolation {
  public var text: String
  public var style: TextStyle

  public init(_ text: String, style: TextStyle = .plain) {
    self.text = text
    self.style = style
  }

  public init(stringLiteral text: String) {
    self.init(text)
  }
}
