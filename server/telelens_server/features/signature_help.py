"""Shows the signature of the template function whose arguments are being written."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Documents
from telelens_server.features.answering import answer


class SignatureHelp:
    """Answers ``textDocument/signatureHelp``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        options = types.SignatureHelpOptions(trigger_characters=[" ", "("], retrigger_characters=[" ", ")"])
        answer(self._server, types.TEXT_DOCUMENT_SIGNATURE_HELP, self.help, options)

    def help(self, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        """Nothing outside of calls."""
        document = self._documents.specification(params.text_document.uri)
        if document is None or "{{" not in document.text.source:
            return None
        from telelens_server.templating.actions import call_at, inside

        place = inside(document.text.source, document.text.offset(params.position))
        call = call_at(place) if place is not None else None
        if call is None:
            return None
        function = call.function
        last = len(function.parameters) - 1
        active = min(call.argument, last) if function.variadic else call.argument
        return types.SignatureHelp(
            signatures=[
                types.SignatureInformation(
                    label=function.signature,
                    documentation=types.MarkupContent(types.MarkupKind.Markdown, function.documentation),
                    parameters=[types.ParameterInformation(label=one) for one in function.labels],
                    # Left out it is sent as null, which means that none is, whatever is said below.
                    active_parameter=max(active, 0),
                )
            ],
            active_signature=0,
            active_parameter=max(active, 0),
        )
