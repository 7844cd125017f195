/// Ridge regression by `pinv(X^T X + lambda·I)·X^T d`: eigenvalues up to `cutoff` times the greatest are
/// taken for 0.
///
/// The cutoff of TensorFlow's `pinv` is 10·max(rows, columns)·eps of the element type, which is the default. The Gram
/// matrix has the states' precision; its eigenvalues are computed in double precision on the host. Where lambda alone
/// lies above the cutoff, as it does with those of the recipe `esn-sine` in `float64`, no eigenvalue is dropped: the
/// pseudo-inverse is the inverse, and Cholesky's decomposition gives it.
public struct PseudoInverseReadout: ReadoutRule, GramReadoutRule {
  public static let name = "pinv"
  public static let summary = "ridge regression by the Gram matrix' pseudo-inverse"
  public static let parameters = [
    Parameter("lambda", default: 1e-8, "the penalty"),
    Parameter("bias", default: true, "penalizes the bias too"),
    Parameter(
      "cutoff", default: "automatic",
      "the share of the greatest eigenvalue below which others are dropped; automatic is 10·n·eps of the element type"),
  ]

  public var lambda: Double
  public var penalty: Double { lambda }
  public var penalizesBias: Bool
  /// Nil for TensorFlow's.
  public var cutoff: Double?

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true, cutoff: Double? = nil) {
    (self.lambda, self.penalizesBias, self.cutoff) = (lambda, penalizesBias, cutoff)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    lambda = try options.number("lambda", default: 1e-8, in: 0...1e100)
    penalizesBias = try options.flag("bias", default: true)
    let share = try options.number("cutoff", or: "automatic", in: -1...1)
    cutoff = share.flatMap { $0 < 0 ? nil : $0 }
  }

  public func weights(gram: Tensor, moments: Tensor) throws -> ReadoutWeights {
    let (size, dtype) = (gram.shape[0], gram.dtype)
    let epsilon = dtype == .float64 ? 0x1p-52 : 0x1p-23
    let share = cutoff ?? 10 * Double(size) * epsilon
    let regular = gram.penalized(by: Tensor(lambda, dtype: dtype), isBiasPenalized: penalizesBias)
    let computed = try Tensor.evaluate([regular, moments, (regular * Tensor.identity(size, dtype: dtype)).sum()])
    // The trace bounds the greatest eigenvalue, lambda the smallest.
    if penalizesBias, lambda > share * (try computed[2].scalar()), dtype == .float64,
      let solved = try? computed[0].solve(computed[1], structure: .positiveDefinite).solution(lambda: lambda)
    {
      return ReadoutWeights(tensor: solved, lambda: lambda)
    }
    let matrix: [Double] = try computed[0].cast(to: .float64).values()
    guard let eigen = SymmetricEigen(matrix, size: size) else {
      throw ReservoirError.singular(penalty: lambda, dtype: dtype.rawValue)
    }
    let floor = share * (eigen.values.map(\.magnitude).max() ?? 0)
    let inverses = eigen.values.map { $0.magnitude > floor ? 1 / $0 : 0 }
    let vectors = Tensor(eigen.vectors, shape: [size, size])
    let projected = vectors.matmul(computed[1].cast(to: .float64)) * Tensor(inverses, shape: [size, 1])
    let solved = vectors.transpose().matmul(projected).cast(to: dtype)
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }
}
