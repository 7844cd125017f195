import Layers

/// A network as a layer whose weights are all trained by backpropagation through its steps: the other way to learn
/// what ``EchoStateNetwork`` learns by one regression.
///
/// ```swift
/// let model = ReservoirLayer(network)
/// let trainer = try Trainer(
///   model: model, method: Method(loss: MeanSquaredError(), optimizer: Adam(learningRate: 1e-3)), inputs:
///   data.train.inputs)
/// ```
/// It takes sequences `[batch, time, inputs]`, each from a state of zeros, to outputs `[batch, time, outputs]`. With
/// feedback the last channels are the values fed back, which the teacher gives: `[batch, time, inputs + outputs]`.
///
/// Its parameters are what is added to the network's own weights, and start at zero: the untrained layer is the
/// network, with the readout it has, and weight decay draws back to it. Recurrent weights that aren't there stay away.
public struct ReservoirLayer: Layer {
  public let network: EchoStateNetwork
  /// Whether only the readout is trained.
  public var keepsReservoir: Bool

  public init(_ network: EchoStateNetwork, keepsReservoir: Bool = false) {
    (self.network, self.keepsReservoir) = (network, keepsReservoir)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let reservoir = network.reservoir
    let channels = (reservoir.inputs, reservoir.feedback ? reservoir.outputs : 0)
    guard x.rank == 3, x.shape[2] == channels.0 + channels.1, x.dtype.isFloatingPoint else {
      let expected = "takes sequences [batch, time, \(channels.0 + channels.1)]"
      return .failed(Diagnostic(operation: label, message: expected, inputs: [x.type]))
    }
    func trained(_ name: String, _ drawn: Tensor, isKept: Bool = false) -> Tensor {
      let own = drawn.cast(to: x.dtype)
      if isKept || own.shape.elementCount == 0 { return own }
      return own + scope.parameter(name, own.shape, .zeros).cast(to: x.dtype)
    }
    var tensors = network.tensors
    func recurrent(_ drawn: Tensor) -> Tensor {
      trained("recurrent", drawn, isKept: keepsReservoir) * (drawn .!= 0).cast(to: x.dtype)
    }
    tensors.recurrent =
      switch tensors.recurrent {
      case .sparse(let values, let columns): .sparse(values: recurrent(values), columns: columns)
      case .dense(let matrix): .dense(recurrent(matrix))
      }
    tensors.input = trained("input", tensors.input, isKept: keepsReservoir)
    tensors.feedback = trained("feedback", tensors.feedback, isKept: keepsReservoir)
    tensors.bias = trained("bias", tensors.bias, isKept: keepsReservoir)
    tensors.leak = tensors.leak.cast(to: x.dtype)
    let readout = trained("readout", network.currentReadout)
    let (batch, steps) = (x.shape[0], x.shape[1])
    let states = tensors.states(
      steps, fromEach: .zeros([batch, reservoir.units], dtype: x.dtype),
      inputs: channels.0 > 0 ? x.slice(0..<channels.0, axis: 2) : nil,
      teacher: channels.1 > 0 ? x.slice(channels.0..<channels.0 + channels.1, axis: 2) : nil, noise: nil)
    return reservoir.readOut(states.reshape(to: [batch * steps, reservoir.units]), by: readout)
      .reshape(to: [batch, steps, reservoir.outputs])
  }
}
