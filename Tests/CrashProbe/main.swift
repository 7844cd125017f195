// Trains a small model with one checkpoint per epoch, continuing from the newest one in its folder, and writes the
// results, with logs beside them. Tests kill it: CrashProbe FOLDER EPOCHS RESULT
import Foundation
import Training

let arguments = CommandLine.arguments
guard arguments.count == 4, let epochs = Int(arguments[2]) else {
  FileHandle.standardError.write(Data("usage: CrashProbe FOLDER EPOCHS RESULT\n".utf8))
  exit(2)
}

func train() throws {
  let count = 40
  let inputs = try HostArray((0..<count * 4).map { Float(($0 * 37) % 101) / 101 - 0.5 }, shape: [count, 4])
  let data = try LabeledArrays(inputs: inputs, targets: HostArray((0..<count).map { Int32($0 % 3) }), classCount: 3)
  let trainer = try Trainer(
    model: Sequential {
      Dense(8); Tanh(); Dropout(0.2); Dense(3)
    },
    method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam(learningRate: 0.01)) {
      $0.averaging = ExponentialAverage(decay: 0.9)
    },
    inputs: inputs, seed: 5)
  let folder = CheckpointFolder(arguments[1])
  if let checkpoint = try folder.latest() { try trainer.restore(checkpoint) }
  _ = try trainer.fit(
    data, epochs: epochs - trainer.epoch, batchSize: 8, validation: data,
    callbacks: [
      CSVLog(path: arguments[3] + ".csv"), JSONLinesLog(path: arguments[3] + ".jsonl"),
      CheckpointCallback(folder, keep: 2),
      // Tells the test that an epoch is done and saved.
      .onEpochEnd { FileHandle.standardOutput.write(Data("epoch \($0.epoch)\n".utf8)) },
    ])

  var lines = trainer.history.epochs.map { record in
    "\(record.epoch) \(record.step) " + record.metrics.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
  for (path, array) in try trainer.checkpoint().tensors {
    lines.append("\(path) \(array.dtype)\(array.shape) \(array.bytes)")
  }
  try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: arguments[3]))
}

do {
  try train()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
