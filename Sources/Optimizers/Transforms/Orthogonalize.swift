/// Momentum whose matrices are brought near an orthogonal one (Muon, Jordan et al. 2024).
///
/// `m' = beta m + (1 - beta) g`; with Nesterov's look-ahead and both parts' bias corrected,
/// `n = beta m' / (1 - beta^(t+1)) + (1 - beta) g / (1 - beta^t)`. `X = n / (|n| + epsilon)` (transposed if it
/// has more rows than columns) goes through `X = a X + (b A + c A^2) X`, `A = X X^T`, a few times, which moves
/// its singular values towards 1, and is scaled by `sqrt(max(1, columns / rows))`.
///
/// For tensors of two axes; others fail.
public struct Orthogonalize: ParameterwiseTransform {
  public var beta: any Schedule
  public var isNesterov: Bool
  public var correctsBias: Bool
  public var iterations: Int
  public var epsilon: Double

  /// The polynomial's coefficients, chosen for speed: singular values end between about 0.7 and 1.2.
  static let coefficients = (a: 3.4445, b: -4.775, c: 2.0315)

  public init(
    beta: any Schedule = 0.95, isNesterov: Bool = true, correctsBias: Bool = true, iterations: Int = 5,
    epsilon: Double = 1e-8
  ) {
    self.beta = beta
    self.isNesterov = isNesterov
    self.correctsBias = correctsBias
    self.iterations = iterations
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    guard update.rank == 2 else {
      return .failed(
        Diagnostic(operation: "orthogonalize", message: "needs a matrix, and '\(slots.path)' is \(update.shape)"))
    }
    let gradient = update.widened
    let first = slots["first"].runningMean(gradient, keeping: beta, at: context.progress)
    slots["first"] = first
    let (now, next) = corrections(context.progress, dtype: gradient.dtype)
    let beta = beta.value(at: context.progress, dtype: gradient.dtype)
    let mean = isNesterov ? first * beta / next + gradient * (1 - beta) / now : first / now
    let isTall = update.shape[0] > update.shape[1]
    var matrix = isTall ? mean.transpose() : mean
    matrix = matrix / (matrix.norm() + epsilon)
    let (a, b, c) = Self.coefficients
    for _ in 0..<Swift.max(0, iterations) {
      let gram = matrix.matmul(matrix.transpose())
      matrix = matrix * a + (gram * b + gram.matmul(gram) * c).matmul(matrix)
    }
    let scale = Swift.max(1, Double(update.shape[1]) / Double(Swift.max(1, update.shape[0]))).squareRoot()
    return ((isTall ? matrix.transpose() : matrix) * scale).cast(to: update.dtype)
  }

  /// What this step's and the next one's mean are divided by.
  private func corrections(_ progress: Progress, dtype: DType) -> (Tensor, Tensor) {
    guard correctsBias else { return (Tensor(1, dtype: dtype), Tensor(1, dtype: dtype)) }
    let now = progress.biasCorrection(beta, dtype: dtype)
    return (now, 1 - (1 - now) * beta.value(at: progress, dtype: dtype))
  }
}
