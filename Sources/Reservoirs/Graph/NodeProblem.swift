/// What a readout is to learn from a series.
struct NodeProblem {
  /// `[sequences, steps, numbers]`, without the washout.
  let read: Tensor
  /// What it is added to, and what shall come out, `[sequences, steps, outputs]`.
  let base: Tensor?
  let target: Tensor
  /// The regression: a row for each step, and each patch.
  let rows: Tensor
  let targets: Tensor
  /// What shall come out, in such rows.
  let wanted: Tensor

  init(read: Tensor, base: Tensor?, target: Tensor, patches: Int, washout: Int) {
    func rest(_ tensor: Tensor) -> Tensor { tensor.slice(washout..<tensor.shape[1], axis: 1) }
    (self.read, self.base, self.target) = (rest(read), base.map(rest), rest(target))
    rows = self.read.reshape(to: [-1, read.shape[2] / patches])
    wanted = self.target.reshape(to: [-1, target.shape[2] / patches])
    targets = self.base.map { [wanted] in wanted - $0.reshape(to: wanted.shape) } ?? wanted
  }
}

extension Tensor {
  /// The root of the mean squared error over the deviation of what shall come out, both `[sequences, steps, outputs]`.
  func nrmse(of target: Tensor, patches: Int) -> Tensor {
    let wanted = target.reshape(to: [-1, target.shape[2] / patches])
    let (errors, scale) = ((self - target).squared().mean(), (wanted - wanted.mean([0])).squared().mean())
    return (errors / scale).sqrt().cast(to: .float64)
  }
}
