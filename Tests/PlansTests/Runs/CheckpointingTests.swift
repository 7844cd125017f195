import Plans
import TestSupport
import Testing

/// `checkpoint: blocks`.
@Suite(.tags(.engine, .slow)) struct CheckpointingTests {
  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
  }

  @Test func theSettingIsReadAndWritten() throws {
    let read = try configuration("checkpoint: blocks")
    #expect(read.checkpoint == .blocks && read.id != RunConfiguration().id)
    #expect(try configuration(read.yaml()) == read)
    #expect(try configuration("checkpoint: none").id == RunConfiguration().id)
    let error = #expect(throws: ConfigurationError.self) { try configuration("checkpoint: block") }
    #expect(error?.description.contains("none, blocks") == true, "\(error?.description ?? "")")
  }

  /// A batch of 64 images in a WRN-16-4: all values of the forward pass, or the blocks' inputs and one block.
  @Test func wideNetworksTakeHalfTheMemory() throws {
    let data = try SyntheticDigits.generate(trainCount: 64, testCount: 1)
    let uses = try ["none", "blocks"].map { checkpoint in
      let text = "model: wideResNet(depth: 16, width: 4)\nepochs: 1\nbatchSize: 64\ncheckpoint: \(checkpoint)"
      return try #require(try Run(configuration(text), data: data).train().trainer.memoryUse)
    }
    #expect(uses[0].arguments == uses[1].arguments && uses[0].results == uses[1].results)
    #expect(uses[1].temporary * 2 < uses[0].temporary, "\(uses)")
  }
}
