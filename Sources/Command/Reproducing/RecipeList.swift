import Tanren

/// All recipes with their arms.
struct RecipeList {
  private let types: [any Catalogued.Type]

  init(_ types: [any Catalogued.Type]) { self.types = types }

  func text(width: Int) -> String {
    var text = ""
    for case let type as any Recipe.Type in types {
      let recipe = type.init()
      let others = recipe.arms.map(\.name).filter { !recipe.defaultArms.contains($0) }
      text += "\(type.name)\n" + Paragraph.text(type.summary, indent: 2, width: width)
      text += Paragraph.text(recipe.defaultArms.joined(separator: ", "), label: "  Arms:", indent: 9, width: width)
      if !others.isEmpty {
        text += Paragraph.text(others.joined(separator: ", "), label: "  On request:", indent: 9, width: width)
      }
    }
    return text
  }
}
