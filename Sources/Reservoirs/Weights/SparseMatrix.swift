import PJRT

/// A square matrix of which few elements aren't 0: for each row its values and their columns, padded with zeros to
/// the longest row.
public struct SparseMatrix: Sendable, Hashable {
  public let size: Int
  /// Places a row; 1 or more.
  public let width: Int
  /// `size·width` values, row by row.
  public private(set) var values: [Double]
  public let columns: [Int32]

  /// - Parameter dense: `size·size` values, row by row.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` for another number of values.
  public init(dense: [Double], size: Int) throws(ReservoirError) {
    guard size >= 1, dense.count == size * size else {
      throw .shape(series: "recurrent weights", found: [dense.count], expected: "\(size) rows of as many values")
    }
    let rows = (0..<size).map { row in (0..<size).filter { dense[row * size + $0] != 0 } }
    let width = max(1, rows.map(\.count).max() ?? 1)
    var (values, columns) = ([Double](repeating: 0, count: size * width), [Int32](repeating: 0, count: size * width))
    for (row, found) in rows.enumerated() {
      for (place, column) in found.enumerated() {
        values[row * width + place] = dense[row * size + column]
        columns[row * width + place] = Int32(column)
      }
    }
    (self.size, self.width, self.values, self.columns) = (size, width, values, columns)
  }

  /// - Parameters:
  ///   - values: `size·width` values, row by row, padded with zeros.
  ///   - columns: where they are.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` for other numbers of values, or columns that don't exist.
  init(values: [Double], columns: [Int32], size: Int, width: Int) throws(ReservoirError) {
    guard size >= 1, width >= 1, values.count == size * width, columns.count == values.count,
      columns.allSatisfy({ (0..<size).contains(Int($0)) })
    else {
      throw .shape(
        series: "recurrent weights", found: [values.count, columns.count],
        expected: "\(size) rows of \(width) values and as many columns below \(size)")
    }
    (self.size, self.width, self.values, self.columns) = (size, width, values, columns)
  }

  /// How many values aren't 0.
  public var count: Int { values.count { $0 != 0 } }

  public func scaled(by factor: Double) -> SparseMatrix {
    var scaled = self
    scaled.values = values.map { $0 * factor }
    return scaled
  }

  /// All elements, row by row.
  public var dense: [Double] {
    var dense = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for place in row * width..<(row + 1) * width where values[place] != 0 {
        dense[row * size + Int(columns[place])] += values[place]
      }
    }
    return dense
  }

  /// Values and columns padded to `width` places a row.
  func padded(to width: Int) -> (values: [Double], columns: [Int32]) {
    guard width > self.width else { return (values, columns) }
    var (wide, places) = ([Double](), [Int32]())
    for row in 0..<size {
      let own = row * self.width..<(row + 1) * self.width
      wide += values[own] + [Double](repeating: 0, count: width - self.width)
      places += columns[own] + [Int32](repeating: 0, count: width - self.width)
    }
    return (wide, places)
  }

  /// The greatest magnitude of an eigenvalue.
  /// - Throws: ``ReservoirError/zeroRadius(units:connectivity:)`` for a matrix without cycles, and what the engine on the CPU
  ///   throws, which computes it.
  public func spectralRadius() throws -> Double {
    let (real, imaginary) = Tensor(dense, shape: [size, size]).eigvals()
    let squares = real.squared() + imaginary.squared()
    let radius = try squares.max().sqrt().evaluate(on: Engine.host()).scalar()
    guard radius > 1e-200 else {
      throw ReservoirError.zeroRadius(units: size, connectivity: Double(count) / Double(size * size))
    }
    return radius
  }
}
