import Foundation
import Tanren
import TestSupport
import Testing

/// From a run to files for other programs.
@Suite(.tags(.process)) struct ExportCommandTests: CommandSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func everyFormatFromARun() throws {
    let data = try DataFiles.writeNPZ(to: folder)
    _ = try output(
      "run", "data=npz(path: \(data))", "preprocessing=featurewise(white: 2)", "--epochs", "2", "--batch-size", "5",
      "--output", "out")
    #expect(
      try output("export", "out/model.safetensors") == """
        Model: mlp trained on npz, epoch 2 of 2
        Input: float32 [N, 4]
        Results: logits, probabilities
        Written: out/model.onnx

        """)
    let graph = try folder.bytes("out/model.onnx")
    // The classes' statistics are in the graph, as are the layers' names.
    #expect(graph.firstRange(of: Array("dense1/MatMul".utf8)) != nil)
    let plain = try output(
      "export", "out/model.safetensors", "--without-preprocessing", "--batch-size", "3", "--output", "plain.onnx")
    #expect(plain.contains("Input: float32 [3, 4]\n"))
    #expect(try folder.bytes("plain.onnx").count < graph.count)

    for (format, file) in [
      ("torch", "out/model.torch.safetensors"), ("keras", "out/model.keras.npz"), ("npz", "out/model.npz"),
    ] {
      #expect(try output("export", "out/model.safetensors", "--format", format).hasSuffix("Written: \(file)\n"))
    }
    #expect(
      try Safetensors(contentsOf: folder("out/model.torch.safetensors")).tensors["dense1.weight"]?.shape == [100, 4])
    #expect(try NPZ.read(folder("out/model.npz"))["dense1/kernel"]?.shape == [4, 100])
    let saved = try ModelFile(contentsOf: folder("out/model.safetensors"))
    #expect(try NPZ.read(folder("out/model.keras.npz"))["dense1/kernel"] == saved.tensors["dense1/kernel"])
    let program = try output("export", "out/model.safetensors", "--format", "stablehlo", "--batch-size", "8")
    #expect(program.hasSuffix("Written: out/model.mlir, out/model.mlir.safetensors\n"))
    #expect(try folder.text("out/model.mlir").contains("tensor<8x4xf32>"))

    let model = "out/model.safetensors"
    try expectError(["export", model, "--format", "npz", "--batch-size", "3"], says: "weights have no batches")
    try expectError(["export", model, "--batch-size", "0"], says: "--batch-size is 0")
    try expectError(["export", model, "--format", "torch", "--output", model], says: "is the model itself")
    try expectError(["export", model, "--format", "tflite"], says: "tflite")
    try expectError(["export", "absent.safetensors"], says: "absent.safetensors")
    try expectError(["export", data], says: "an archive of arrays")
    try expectError(["export", model, "--output", "out/model.onnx/below.onnx"], says: "out/model.onnx")
  }
}
