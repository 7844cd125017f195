import PJRT

/// The directions of a reservoir's states that a pattern drives, each between 0 and 1: a soft projection on them (Jaeger 2014,
/// https://arxiv.org/abs/1403.3369).
///
/// `C = R·(R + α⁻²·I)⁻¹` with the states' correlations R and the aperture α. Conceptors are combined as sets are: `!a`, `a && b`,
/// `a || b`; morphed by ``mix(_:)``. All is in double precision;
/// `&&` and `||` need OpenBLAS on the CPU.
///
/// ```swift
/// var network = try EchoStateNetwork(Reservoir(units: 50, inputs: 1))
/// let states = try network.drive(inputs: Tensor((0..<300).map { sin(0.3 * Double($0)) }, shape: [300, 1]))
/// let conceptor = try Conceptor(states: states.slice(100..<300), aperture: 10)
/// print(try conceptor.quota())    // the share of the states' directions that it lets through
/// ```
public struct Conceptor: Sendable {
  /// `[units, units]`, symmetric, float64.
  public let matrix: Tensor

  public init(matrix: Tensor) { self.matrix = matrix }

  /// - Parameters:
  ///   - states: `[steps, units]`.
  ///   - aperture: α, above 0.
  /// - Throws: ``ReservoirError``.
  public init(states: Tensor, aperture: Double) throws {
    try Self.check(aperture)
    guard states.rank == 2, states.shape[0] > 0 else {
      throw ReservoirError.shape(series: "states", found: Array(states.shape), expected: "[steps, units]")
    }
    let rows = states.cast(to: .float64)
    self = try Self.filter(rows.gramMatrix() / Double(states.shape[0]), 1 / (aperture * aperture))
  }

  /// `M·(M + w·I)⁻¹`.
  private static func filter(_ matrix: Tensor, _ weight: Double) throws -> Conceptor {
    let units = matrix.shape[0]
    let regular = matrix + weight * Tensor.identity(units, dtype: .float64)
    return Conceptor(
      matrix: try regular.solve(matrix, structure: .positiveDefinite).solution(lambda: weight).symmetric())
  }

  private static func check(_ aperture: Double) throws(ReservoirError) {
    guard aperture > 0, aperture.isFinite else {
      throw .setting(name: "aperture", value: "\(aperture)", allowed: "a finite number above 0")
    }
  }

  private var units: Int { matrix.shape[0] }

  /// The mean of its singular values: which share of the directions it lets through.
  /// - Throws: the engine's errors.
  public func quota() throws -> Double {
    try (matrix * Tensor.identity(units, dtype: .float64)).sum().scalar() / Double(units)
  }

  /// How much of states `[rows, units]` it lets through, `[rows]`: `xᵀ·C·x`.
  public func evidence(of states: Tensor) -> Tensor {
    let rows = states.cast(to: .float64)
    return (rows * rows.matmul(matrix)).sum([1])
  }

  /// The conceptor with its aperture times a factor: `C·(C + γ⁻²·(I - C))⁻¹`.
  /// - Throws: ``ReservoirError`` for a factor that isn't above 0.
  public func widened(by factor: Double) throws -> Conceptor {
    try Self.check(factor)
    let weight = 1 / (factor * factor)
    let regular = matrix + weight * (Tensor.identity(units, dtype: .float64) - matrix)
    return Conceptor(
      matrix: try regular.solve(matrix, structure: .positiveDefinite).solution(lambda: weight).symmetric())
  }

  /// The weighted sum of conceptors: weights that add up to 1 morph one pattern into another, also beyond.
  /// - Throws: ``ReservoirError`` for conceptors of different size, or none.
  public static func mix(_ parts: [(weight: Double, conceptor: Conceptor)]) throws -> Conceptor {
    guard let first = parts.first, parts.allSatisfy({ $0.conceptor.units == first.conceptor.units }) else {
      throw ReservoirError.shape(
        series: "conceptors", found: parts.map(\.conceptor.units), expected: "one or more, of one size")
    }
    let sum = parts.dropFirst().reduce(first.weight * first.conceptor.matrix) { $0 + $1.weight * $1.conceptor.matrix }
    return Conceptor(matrix: try sum.evaluate())
  }
}

/// Conceptors as sets of directions.
extension Conceptor {
  /// What the other one leaves out: `I - C`.
  public static prefix func ! (_ conceptor: Conceptor) -> Conceptor {
    Conceptor(matrix: Tensor.identity(conceptor.units, dtype: .float64) - conceptor.matrix)
  }

  /// What both let through: `(C⁻¹ + B⁻¹ - I)⁻¹`, on the directions that neither leaves out entirely.
  /// - Throws: ``ReservoirError`` for conceptors of different size.
  public static func && (_ left: Conceptor, _ right: Conceptor) throws -> Conceptor {
    guard left.units == right.units else {
      throw ReservoirError.shape(
        series: "conceptors", found: [left.units, right.units], expected: "one or more, of one size")
    }
    let (own, other) = (try Spectrum(left.matrix), try Spectrum(right.matrix))
    // The directions in the range of both: those that neither null space has a part in.
    let null = own.null.matmul(own.null.transpose()) + other.null.matmul(other.null.transpose())
    let common = try Spectrum(null).null
    guard common.shape[1] > 0 else { return Conceptor(matrix: .zeros([left.units, left.units], dtype: .float64)) }
    let size = common.shape[1]
    let inverses = own.inverse + other.inverse - Tensor.identity(left.units, dtype: .float64)
    let inner = common.transpose().matmul(inverses).matmul(common)
    let solved = try inner.solve(Tensor.identity(size, dtype: .float64), structure: .positiveDefinite)
      .solution(lambda: 0)
    return Conceptor(matrix: try common.matmul(solved).matmul(common.transpose()).evaluate().symmetric())
  }

  /// What one or the other lets through, by de Morgan's law.
  /// - Throws: ``ReservoirError`` for conceptors of different size.
  public static func || (_ left: Conceptor, _ right: Conceptor) throws -> Conceptor { !(try !left && !right) }

  /// The eigenvectors of a symmetric matrix, in two parts.
  private struct Spectrum {
    /// Those with eigenvalues of 0, in columns.
    let null: Tensor
    /// The pseudo-inverse.
    let inverse: Tensor

    init(_ matrix: Tensor) throws {
      let units = matrix.shape[0]
      let given = Tensor(try matrix.hostArray())
      let (values, vectors) = given.eigh()
      let found = try Tensor.evaluate([values, vectors], on: Engine.host()).map { Tensor(try $0.hostArray()) }
      let magnitudes: [Double] = try found[0].values()
      let isNull = magnitudes.map { $0.magnitude < 1e-12 }
      let places = isNull.indices.filter { isNull[$0] }
      null =
        places.isEmpty
        ? .zeros([units, 0], dtype: .float64)
        : found[1].take(Tensor(places.map { Int32($0) }, shape: [places.count]), axis: 1)
      let reciprocals = zip(magnitudes, isNull).map { $1 ? 0 : 1 / $0 }
      inverse = (found[1] * Tensor(reciprocals, shape: [1, units])).matmul(found[1].transpose())
    }
  }
}

extension Tensor {
  /// The mean of a matrix and its transpose.
  fileprivate func symmetric() throws -> Tensor { try ((self + transpose()) / 2).evaluate() }
}
