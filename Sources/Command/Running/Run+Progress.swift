import Tanren

extension Run {
  /// The model's layers for this run's data.
  /// - Throws: `Diagnostic` with the layer's path if they don't fit together.
  func layerSummary() throws -> LayerSummary {
    let model = try model()
    let shape = Shape([configuration.batch] + data.train.inputs.shape.dropFirst())
    return try model.layerSummary(for: TensorType(configuration.dtype, shape))
  }

  /// Programs to divide an epoch into, so that its bar moves every tenth of a second or so.
  ///
  /// The time isn't known before the first epoch, so it is estimated by the work: six operations a parameter,
  /// position and example, by a machine of a few cores. Being off by a few times does no harm: the bar limits
  /// how often it is drawn, and a division costs microseconds.
  func chunksForProgress(_ layers: LayerSummary) -> Int {
    let perExample = layers.rows.reduce(0.0) { sum, row in
      // Axes between the batch and the channels: positions that a layer's parameters are used at.
      let positions = row.output.dropFirst().dropLast().reduce(1, *)
      return sum + 6 * Double(row.trainableCount) * Double(positions)
    }
    let examples = min(configuration.examples ?? Int.max, data.train.count)
    let seconds = perExample * Double(examples) / 60e9
    return max(1, min(100, Int(seconds / 0.1)))
  }
}
