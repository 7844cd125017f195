/// The real and imaginary parts of the eigenvalues `[…, n]` of square matrices in the last two axes.
///
/// They come in LAPACK's order: pairs of conjugates beside each other, the positive imaginary part first. They are NaN where
/// an element isn't finite or LAPACK's iteration doesn't converge. The gradient is that of simple eigenvalues; it has
/// none itself.
struct Eigenvalues: Primitive {
  static let name = "eigvals"
  /// Whether the eigenvectors come too, as columns `[…, n, n]`: the right ones' real and imaginary parts, and the left ones'.
  var hasVectors = false
  var resultCount: Int { hasVectors ? 6 : 2 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    try requireSquare(inputs[0].shape)
    let values = TensorType(inputs[0].dtype, Shape(inputs[0].shape.dropLast()))
    return [values, values] + (hasVectors ? Array(repeating: inputs[0], count: 4) : [])
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.callLinearAlgebra("eigvals.1", inputs, results)
      ?? writer.callMissing("eigvals.1", for: Self.name, inputs, results)
  }

  /// `y^H A' x / (y^H x)` with right and left eigenvectors x and y: Giles, Collected matrix derivative results (2008), 3.1.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    guard !hasVectors else {
      let message = "the gradient of eigenvalues has no gradient: take eigh of a symmetric matrix"
      return [.failed(Diagnostic(operation: Self.name, message: message, inputs: inputs.map(\.type), file: nil))]
    }
    let system = Tensor.apply(Eigenvalues(hasVectors: true), to: inputs)
    let (x, y) = ((re: system[2], im: system[3]), (re: system[4], im: system[5]))
    let dot = (re: (y.re * x.re + y.im * x.im).sum([-2]), im: (y.re * x.im - y.im * x.re).sum([-2]))
    let square = dot.re.squared() + dot.im.squared()
    let re = ((cotangents[0] * dot.re - cotangents[1] * dot.im) / square).expand(at: -2)
    let im = (-(cotangents[1] * dot.re + cotangents[0] * dot.im) / square).expand(at: -2)
    return [
      (y.re * re + y.im * im).matmul(x.re.transposedMatrix()) + (y.im * re - y.re * im).matmul(x.im.transposedMatrix())
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
