/// The extents of a tensor's axes, outermost first; `[]` is a scalar.
///
/// Reading an axis never traps: negative axes count from the end, and an axis that isn't there reads 0, so
/// that a model given data of the wrong rank reaches the operation that reports it.
public struct Shape: Sendable, Hashable, RandomAccessCollection, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  public init(_ dimensions: some Sequence<Int>) { self.dimensions = Array(dimensions) }
  public init(arrayLiteral elements: Int...) { dimensions = elements }

  public var startIndex: Int { 0 }
  public var endIndex: Int { dimensions.count }

  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? axis + dimensions.count : axis
    return dimensions.indices.contains(index) ? dimensions[index] : 0
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  /// The number of elements; `Int.max` where it overflows.
  public var elementCount: Int {
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { return dimensions.contains(0) ? 0 : .max }
      count = product
    }
    return count
  }
  /// The innermost extent, 0 for a scalar.
  public var last: Int { self[-1] }

  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
  /// `axis` counted from the front, or nil if there is no such axis.
  func resolve(axis: Int) -> Int? {
    let index = axis < 0 ? axis + rank : axis
    return dimensions.indices.contains(index) ? index : nil
  }

  func removing(axes: [Int]) -> Shape {
    Shape(dimensions.enumerated().filter { !axes.contains($0.offset) }.map(\.element))
  }

  package func replacing(axis: Int, with extent: Int) -> Shape {
    var copy = dimensions
    copy[axis] = extent
    return Shape(copy)
  }

  /// Whether extents are counts and small enough that sums and products of a few of them can't overflow.
  var isRepresentable: Bool {
    allSatisfy { $0 >= 0 } && Shape(map { Swift.max($0, 1) }).elementCount <= 1 << 45
  }

  /// This shape with a further axis in front.
  public func prepending(_ extent: Int) -> Shape { Shape([extent] + dimensions) }
}
