import Tanren

/// `convolution-…`: one pass of a convolution 3 x 3 with edges, batch 128. The result takes over the last one's
/// memory, so that it isn't cleared by the system.
final class ConvolutionRounds: BenchRounds {
  enum Pass: String {
    case forward
    case input = "input-gradient"
    case kernel = "kernel-gradient"
  }

  private static let passes = 10
  private let program: Program
  private let inputs: [Tensor]
  private var result: Tensor

  init(side: Int, channels: Int, pass: Pass, on engine: Engine) throws {
    var generator = NumPyRandomState(seed: 3)
    func array(_ shape: [Int]) throws -> Tensor {
      let values = generator.randn(shape.reduce(1, *)).map { Float($0) }
      return Tensor(try engine.buffer(HostArray(values, shape: shape)))
    }
    let image = try array([128, side, side, channels])
    let kernel = try array([3, 3, channels, channels])
    let cotangent = try array([128, side, side, channels])
    inputs = [image, kernel, cotangent]
    result = try array(Array((pass == .kernel ? kernel : image).shape))
    program = try Program((inputs + [result]).map(\.type), aliases: [3: 0], on: engine) { arguments in
      let value = arguments[0].conv2D(arguments[1], padding: .same)
      switch pass {
      case .forward: return [value]
      case .input: return pullback(of: [value], cotangents: [arguments[2]], at: [arguments[0]])
      case .kernel: return pullback(of: [value], cotangents: [arguments[2]], at: [arguments[1]])
      }
    }
  }

  func round() throws -> (units: Int, loss: Double) {
    for _ in 0..<Self.passes { result = try program(inputs + [result])[0] }
    return (Self.passes, Double(try result[0].values(as: Float.self)[0]))
  }
}
