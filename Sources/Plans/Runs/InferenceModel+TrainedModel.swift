import Exports
import Training

extension InferenceModel {
  /// A saved model, to be exported.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let run = Run(RunConfiguration(), data: data)
  /// let (trainer, history) = try run.train()
  /// let saved = try ModelFile(trainer, of: run, after: history.epochs.last)
  /// print(try InferenceModel(TrainedModel(saved)).export(.onnx, to: "digits.onnx"))  // ["digits.onnx"]
  /// ```
  public init(_ model: TrainedModel) {
    let data = model.file.data
    self.init(
      model: model.model, variables: model.variables,
      inputs: TensorType(data.inputType, Shape([1] + data.inputShape)), preprocessing: model.preprocessing,
      precision: model.precision, outputKind: model.outputKind, classNames: data.classNames)
  }
}
