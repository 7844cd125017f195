import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct ManifoldMixupTests {
  /// Multiplies by 10, so that the place of a mixture makes no difference to a linear model but to its trace.
  private struct Tenfold: Block {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x * 10 }
  }

  /// The values behind each place, for a mixture at each of them.
  @Test func valuesAreMixedAtOnePlace() throws {
    let model = Sequential {
      Tenfold(); Tenfold()
    }
    let x = Tensor([1, 2, 3] as [Float], shape: [3, 1])
    for place in 0...2 {
      let mixing = HiddenMixing(
        partners: Tensor([1, 2, 0] as [Int32]), share: Tensor([Float(0.75)], shape: []),
        place: Tensor([Int32(place)], shape: []))
      let found = model.apply(ModelVariables(), to: x, mixing: mixing).output
      #expect(try found.doubles() == [125, 225, 250])
      #expect(try mixing.mixed(x, at: place).doubles() == [1.25, 2.25, 2.5])
      #expect(try mixing.mixed(x, at: place + 1).doubles() == [1, 2, 3])
    }
  }

  /// Trains, with every rule; the mixture is the same in all passes of a step, and another one in each step.
  @Test(arguments: [PlainGradient(), SAM(), Accumulation(parts: 2)] as [any GradientRule])
  func mixturesTrain(_ rule: any GradientRule) throws {
    let data = try Problems.classes(120, dtype: .float32)
    func trained(_ alpha: Double?) throws -> History {
      let trainer = try Trainer(
        model: Sequential {
          Dense(16)
          Residual([Dense(16), ReLU()])
          Dense(3)
        },
        method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
          $0.gradientRule = rule
          $0.manifoldMixup = alpha
        }, inputs: data.inputs, seed: 3)
      return try trainer.fit(data, epochs: 5, batchSize: 20, validation: data)
    }
    let (mixed, plain) = (try trained(2), try trained(nil))
    let losses = mixed.epochs.map { $0["loss"] ?? .nan }
    #expect(losses[4] < losses[0] && losses[4] > (plain.epochs[4]["loss"] ?? .nan))
    #expect((mixed.epochs[4]["val_accuracy"] ?? 0) > 0.8)
    #expect(try trained(2).epochs.map { $0["loss"] } == mixed.epochs.map { $0["loss"] })
  }
}
