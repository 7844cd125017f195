// Trains with a custom optimizer, and with plain SGD for comparison.
//
//   swift run OwnOptimizer [EPOCHS]
//
// One seed can't tell which of the two is better: see StudyInSwift.

import Foundation
import Tanren

func train(epochs: Int) throws {
  let digits = try SyntheticDigits.generate(trainCount: 5_000, testCount: 1_000)
  let optimizers: [any Optimizer] = [SGD(learningRate: 0.1), PowerSign()]
  for optimizer in optimizers {
    let trainer = try Trainer(
      model: MLP([100, 50, 10], activation: HSwish()),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      },
      inputs: digits.train.inputs, seed: 1)
    let history = try trainer.fit(digits.train, epochs: epochs, batchSize: 50, validation: digits.test)
    print("\(type(of: optimizer).name): test accuracy \(history.values("val_accuracy").last?.value ?? .nan)")
  }
}

do {
  try train(epochs: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
} catch {
  FileHandle.standardError.write(Data("OwnOptimizer: \(error)\n".utf8))
  exit(1)
}
