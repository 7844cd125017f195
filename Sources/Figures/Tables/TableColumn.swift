/// A column of a ``TextTable``.
public struct TableColumn: Sendable, Equatable, ExpressibleByStringLiteral {
  /// The side that the cells of a column keep to.
  public enum Alignment: Sendable, Equatable {
    case left, center, right
    /// Points of numbers stand below each other; what isn't a number ends where their integer parts do.
    case decimal
  }

  public var header: String
  public var alignment: Alignment

  public init(_ header: String, _ alignment: Alignment = .left) {
    self.header = header
    self.alignment = alignment
  }

  public init(stringLiteral header: String) {
    self.init(header)
  }
}
