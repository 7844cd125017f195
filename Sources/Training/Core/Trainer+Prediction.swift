extension Trainer {
  /// The model's outputs for inputs, `[count, …]`.
  public func predict(_ inputs: HostArray, batchSize: Int = 1000) throws -> HostArray {
    let all = Tensor(try Tensor(inputs).buffer())
    let (count, variables) = (all.shape[0], variables)
    let dtype = variables.parameters.tensors.first?.dtype ?? .float32
    let batch = Swift.max(1, Swift.min(batchSize, count))
    let starts = stride(from: 0, to: count, by: batch)
    let outputs = starts.map { start in
      let part = all.slice(start..<Swift.min(start + batch, count))
      return model.apply(variables, to: method.preprocessing(part, dtype: dtype)).output
    }
    return try Tensor.concatenate(outputs).hostArray()
  }

  /// The class of greatest output for each input.
  public func predictClasses(_ inputs: HostArray, batchSize: Int = 1000) throws -> [Int] {
    let outputs = Tensor(try predict(inputs, batchSize: batchSize))
    return try outputs.argMax().values(as: Int32.self).map(Int.init)
  }
}
