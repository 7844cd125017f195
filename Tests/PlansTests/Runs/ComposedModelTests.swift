import TestSupport
import Testing

@testable import Plans

/// `model: [flatten, dense(64), relu, dense]`.
@Suite(.tags(.unit)) struct ComposedModelTests {
  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "run.yml"))
  }

  private static let written = """
    model: {name: sequential, layers: [{name: conv2D, filters: 8}, relu, {name: residual, layers: \
    [{name: conv2D, filters: 8, padding: same}, relu]}, flatten, {name: dense, units: 10}]}
    """

  /// Ways of writing one model: the command line's, and YAML's.
  @Test(arguments: [
    "model: [conv2D(8), relu, residual([conv2D(8, padding: same), relu]), flatten, dense(10)]",
    "model: [conv2D(8, size: 3), ReLU, residual: [conv2D(8, padding: same), relu], flatten, dense: 10]  # small",
    """
    model: [conv2D(8), relu,   # a comment
            residual([conv2D(8, padding: same),

              relu]), flatten, dense(10)
      ]
    epochs: 10
    """,
    """
    model:
      - conv2D(8)
      - relu
      - residual:
          - conv2D(8, padding: same)
          - relu
      - flatten
      - dense: 10
    """,
    """
    model:
      - conv2D: {filters: 8}
      - name: relu
      - residual: [conv2D(8, padding: same), relu]
      - flatten
      - dense: {units: 10}
    """,
    "model:\n  name: sequential\n  layers: [conv2D(8), relu, residual: [conv2D(8, padding: same), relu], flatten, dense: 10]",
    "model: sequential([conv2D(8), relu, residual: [conv2D(8, padding: same), relu], flatten, dense: 10])",
  ]) func spellingsOfOneModel(_ text: String) throws {
    let run = try configuration(text)
    #expect(run.canonicalText.contains(Self.written + "\n"), "\(run.canonicalText)")
    let copy = try RunConfiguration(canonicalText: run.canonicalText, source: "store")
    #expect(copy == run && copy.id == run.id)
    #expect(try configuration(run.yaml()).id == run.id)
    if !text.contains("\n") {
      var options = Options()
      try options.override("model", text.dropFirst(7).split(separator: "#")[0].description, origin: "--model")
      #expect(try text.contains("{") || RunConfiguration(from: options).id == run.id)
    }
  }

  @Test func otherLayersAreOtherRuns() throws {
    let models = [
      "[dense(10)]", "[flatten, dense(10)]", "[flatten, dense]", "[flatten, dense(10, bias: false)]",
      "[flatten, relu, dense(10)]", "[flatten, residual([relu]), dense(10)]",
    ]
    #expect(try Set(models.map { try configuration("model: \($0)").id }).count == models.count)
  }

  @Test func valuesWithoutNamesAreTheSettings() throws {
    for (one, other) in [
      ("optimizer: sgd(0.10)", "optimizer: sgd(learningRate: 0.1)"), ("model: mlp([8])", "model: mlp(hidden: [8])"),
      ("model: mlp(activation: hSwish(3))", "model: mlp(activation: hSwish(n: 3))"),
      ("penalties: [l1l2(0.5)]", "penalties: [l1l2(l1: 0.5)]"),
    ] { #expect(try configuration(one).id == configuration(other).id, "\(one)") }
  }

  @Test(arguments: [
    (
      "epochs: 1\nmodel:\n  - flatten\n  - dens(64)\n  - dense\n",
      "run.yml:4: there is no layer 'dens': did you mean 'dense'?"
    ),
    (
      "epochs: 1\nmodel:\n  - flatten\n  - reluu\n  - dense\n",
      "run.yml:4: there is no layer 'reluu': did you mean 'relu'?"
    ),
    ("model:\n  - residual:\n      - conv2D(8)\n      - sotfmax\n", "run.yml:4: there is no layer 'sotfmax'"),
    ("model:\n  - conv2D:\n      fliters: 8\n", "run.yml:3: conv2D has no setting 'fliters': did you mean 'filters'?"),
    ("model:\n  - dropout: 1.5\n", "run.yml:2: 'rate' is 1.5, but must be 0 or more and below 1"),
    ("\nmodel: []\n", "run.yml:2: 'layers' is empty"),
    ("model: [1, 2]\n", "run.yml:1: 'layers' takes a list of methods"),
    ("model:\n  - dense: 10\n    relu: 3\n", "run.yml:2: 'model' is a mapping without the name of a method"),
  ]) func mistakesHaveTheirLine(_ text: String, _ says: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try configuration(text) }
    #expect(error?.description.hasPrefix(says) == true, "\(error?.description ?? "")")
  }

  @Test func armsAndGridsReplaceTheModel() throws {
    let plan = try PlanTexts.plan(
      """
      title: Models
      metric: val_loss
      seeds: [0]
      base:
        data: syntheticDigits(train: 200, test: 100)
        model: [flatten, dense(10)]
      arms:
        shallow:
        deep:
          model: [flatten, dense(8), relu, dense]
        perceptron:
          model: mlp([8])
      """)
    let models = try plan.runs().map(\.configuration.model.description)
    #expect(
      models == [
        "sequential(layers: [flatten, dense(units: 10)])",
        "sequential(layers: [flatten, dense(units: 8), relu, dense])",
        "mlp(hidden: [8])",
      ])
    let grid = try PlanTexts.plan(
      """
      title: Models
      metric: val_loss
      seeds: [0]
      base: {data: digits}
      grid:
        model: [[flatten, dense(10)], [flatten, dense(8), dense], mlp]
      """)
    #expect(try grid.runs().map(\.configuration.model.name) == ["sequential", "sequential", "mlp"])
    var overridden = plan
    try overridden.override(assignment: "model=[flatten, dense(3), dense]")
    #expect(try Set(overridden.runs().map(\.configuration.model.description)).count == 1)
  }

  @Test func typedArmsTakeComposedModels() throws {
    let arm = Arm("own") {
      $0.model = SequentialArchitecture([Flatten(), Residual([Dense(64), ReLU(), Dense(64)]), Dense(10)])
    }
    let run = try arm.configuration(base: [], seed: 0)
    #expect(
      run.model.description
        == "sequential(layers: [flatten, residual(layers: [dense(units: 64), relu, dense(units: 64)]), dense(units: 10)])"
    )
    struct Unnamed: Layer { func forward(_ x: Tensor, in scope: Scope) -> Tensor { x } }
    let unnamed = Arm("unnamed") { $0.model = SequentialArchitecture([Unnamed()]) }
    #expect(throws: ConfigurationError.self) { try unnamed.configuration(base: [], seed: 0) }
  }
}
