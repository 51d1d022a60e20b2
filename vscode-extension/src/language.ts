// Specifications in files that are called like any other YAML get their own language.
import * as vscode from "vscode";
import { isSpecification, SPECIFICATION } from "./relevance";

export class SpecificationLanguage implements vscode.Disposable {
  /** Asked once: who gives a document another language means it. */
  private readonly asked = new Set<string>();
  private readonly listening: vscode.Disposable;

  constructor() {
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.consider(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.consider(document)),
    );
    for (const document of vscode.workspace.textDocuments) void this.consider(document);
    for (const editor of vscode.window.visibleTextEditors) indentAsConfigured(editor);
  }

  dispose(): void {
    this.listening.dispose();
  }

  private async consider(document: vscode.TextDocument): Promise<void> {
    const uri = document.uri.toString();
    if (document.languageId !== "yaml" || document.uri.scheme !== "file" || this.asked.has(uri)) return;
    if (!isSpecification(document.getText())) return;
    if (!vscode.workspace.getConfiguration("telelens", document.uri).get<boolean>("recognizeSpecifications", true))
      return;
    this.asked.add(uri);
    await vscode.languages.setTextDocumentLanguage(document, SPECIFICATION);
  }
}

/**
 * A file that is open when the editor starts was given the indentation of any file, before ours was known: unless its own
 * text shows one.
 */
function indentAsConfigured(editor: vscode.TextEditor): void {
  const { uri, languageId } = editor.document;
  const { tabSize, insertSpaces, detectIndentation } = vscode.workspace.getConfiguration("editor", { uri, languageId });
  if (languageId !== SPECIFICATION || (detectIndentation === true && editor.document.getText() !== "")) return;
  editor.options = { tabSize: tabSize as number, insertSpaces: insertSpaces as boolean };
}
