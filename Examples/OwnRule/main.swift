// Trains a convolutional network with LAMB under three gradient rules: the plain gradient, SAM, and a custom one.
//
//   swift run OwnRule [EPOCHS]
//
// Rules and optimizers are independent of each other, so they can be combined freely.

import Foundation
import Tanren

func train(epochs: Int) throws {
  let images = try SyntheticImages.generate(trainCount: 3_000, testCount: 500)
  let rules: [any GradientRule] = [PlainGradient(), SAM(rho: 0.05), Extragradient()]
  for rule in rules {
    let trainer = try Trainer(
      model: CNNArchitecture(filters: [16, 32]).model(outputs: images.classNames.count),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: LAMB(learningRate: 0.006)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
        $0.gradientRule = rule
      },
      inputs: images.train.inputs, seed: 1)
    let history = try trainer.fit(images.train, epochs: epochs, batchSize: 50, validation: images.test)
    print("\(type(of: rule).name) over lamb: test accuracy \(history.values("val_accuracy").last?.value ?? .nan)")
  }
}

do {
  try train(epochs: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10)
} catch {
  FileHandle.standardError.write(Data("OwnRule: \(error)\n".utf8))
  exit(1)
}
