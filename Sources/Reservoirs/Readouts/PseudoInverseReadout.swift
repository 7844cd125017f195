import Configuration
import PJRT

/// Ridge regression by a pseudo-inverse, `pinv(X^T X + lambda·I)·X^T d`: eigenvalues up to `cutoff` times the greatest are
/// taken for 0.
///
/// The cutoff of TensorFlow's `pinv` is 10·max(rows, columns)·eps of the element type, which is the default. The Gram
/// matrix has the states' precision; its eigenvalues are computed in double precision, on the CPU. Where lambda alone
/// lies above the cutoff, as it usually does in `float64`, no eigenvalue is dropped: the
/// pseudo-inverse is the inverse, and Cholesky's decomposition gives it.
public struct PseudoInverseReadout: ReadoutRule, RidgeReadout, GramReadoutRule {
  public static let declaration = Declaration(
    "pinv", "ridge regression by the pseudo-inverse of the Gram matrix", standard: PseudoInverseReadout(),
    settings: ridgeSettings + [
      Setting(
        "cutoff", \.cutoff, .number(in: -1...1, or: "automatic"),
        "fraction of the greatest eigenvalue up to which others are dropped; automatic: 10·n·ε of the element type")
    ])

  public var lambda: Double
  public var penalizesBias: Bool
  /// Nil for TensorFlow's.
  public var cutoff: Double?

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true, cutoff: Double? = nil) {
    (self.lambda, self.penalizesBias, self.cutoff) = (lambda, penalizesBias, cutoff)
  }

  public func weights(gram: Tensor, crossProduct: Tensor) throws -> ReadoutWeights {
    let (size, dtype) = (gram.shape[0], gram.dtype)
    let epsilon = dtype == .float64 ? 0x1p-52 : 0x1p-23
    let share = cutoff ?? 10 * Double(size) * epsilon
    let regular = gram.penalized(by: Tensor(lambda, dtype: dtype), isBiasPenalized: penalizesBias)
    let computed = try Tensor.evaluate([regular, crossProduct, (regular * Tensor.identity(size, dtype: dtype)).sum()])
    // The trace bounds the greatest eigenvalue, lambda the smallest.
    if penalizesBias, lambda > share * (try computed[2].scalar()), dtype == .float64,
      let solved = try? computed[0].solve(computed[1], structure: .positiveDefinite).solution(lambda: lambda)
    {
      return ReadoutWeights(tensor: solved, lambda: lambda)
    }
    // In double precision, and where there is LAPACK.
    let wide = try computed.prefix(2).map { Tensor(try $0.cast(to: .float64).hostArray()) }
    let (values, vectors) = wide[0].eigh()
    let magnitudes = values.abs()
    let inverses = (1 / values).replaced(where: magnitudes .<= magnitudes.max() * share, by: 0)
    let projected = inverses.expand(at: 1) * vectors.transpose().matmul(wide[1])
    let found = try vectors.matmul(projected).cast(to: dtype).evaluate(on: Engine.host())
    let solved = Tensor(try found.hostArray())
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }
}
