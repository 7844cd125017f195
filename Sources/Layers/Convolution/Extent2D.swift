/// Rows and columns of a kernel, a window or a step; `3` is `Extent2D(3, 3)`.
public struct Extent2D: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var rows: Int
  public var columns: Int

  /// - Parameter columns: as many as rows by default.
  public init(_ rows: Int, _ columns: Int? = nil) { (self.rows, self.columns) = (rows, columns ?? rows) }
  public init(integerLiteral value: Int) { self.init(value) }

  public var description: String { "\(rows)x\(columns)" }

  var pair: (Int, Int) { (rows, columns) }
}
