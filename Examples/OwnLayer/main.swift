// Trains a network with a custom layer on synthetic digits.
//
//   swift run OwnLayer [EPOCHS]

import Foundation
import Tanren

func train(epochs: Int) throws {
  // Use DigitData.load() instead for MNIST, if it is available.
  let digits = try SyntheticDigits.generate(trainCount: 5_000, testCount: 1_000)
  let trainer = try Trainer(
    model: Sequential {
      Flatten()
      Dense(64)
      ResidualBlock()
      ResidualBlock(activation: Swish())
      Dense(10)
    },
    method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
      $0.preprocessing = Rescaling(dividingBy: 255)
    },
    inputs: digits.train.inputs, seed: 1)
  print(try trainer.summary())
  let history = try trainer.fit(
    digits.train, epochs: epochs, batchSize: 50, validation: digits.test, callbacks: [ProgressReport()])
  print("Test accuracy: \(history.values("val_accuracy").last?.value ?? .nan)")
}

do {
  try train(epochs: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
} catch {
  FileHandle.standardError.write(Data("OwnLayer: \(error)\n".utf8))
  exit(1)
}
