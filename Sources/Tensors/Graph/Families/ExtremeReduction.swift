/// The greatest or least element: the cotangent goes to the elements equal to the result, in equal shares.
protocol ExtremeReduction: Reduction {}

extension ExtremeReduction {
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let isResult = (inputs[0] .== restored(results[0], to: inputs[0].shape)).cast(to: cotangents[0].dtype)
    let share = cotangents[0] / Tensor(Sum(axes: axes), [isResult])
    return [restored(share, to: inputs[0].shape) * isResult]
  }
}
