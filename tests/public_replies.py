"""What public servers were reported to reply, byte for byte."""

CLAUDE = (
    400,
    b'{"error":{"message":"`temperature` is deprecated for this model.","type":"invalid_request_error","param":null,'
    b'"code":null}}',
)
GEMINI = (
    400,
    b'[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \\"logprobs\\": Cannot find field.",'
    b'"status":"INVALID_ARGUMENT"}}]',
)
MISTRAL = (
    422,
    b'{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],'
    b'"msg":"Extra inputs are not permitted","input":2048}]},"type":"invalid_request_error","param":null,"code":null}',
)
VERTEX = (
    400,
    b'{"error":{"message":"litellm.BadRequestError: Vertex_aiException BadRequestError - Unable to submit request '
    b'because Logprobs is not supported for this model.","type":null,"param":"None","code":"400"}}',
)
OLLAMA = (
    404,
    b'{"error":{"message":"model \\"nosuch\\" not found, try pulling it first","type":"api_error","param":null,'
    b'"code":null}}',
)
OPENROUTER = (
    200,
    b'{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"rate-limited upstream"}}}',
)
PARTS = (
    200,
    b'{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",'
    b'"content":[{"type":"text","text":"{\\"id\\": \\"17\\"}"}]}}]}',
)
THINK = (
    200,
    b'{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":'
    b'"<think>\\nThe visitor asks ...\\n</think>\\n\\n{\\"id\\": \\"17\\"}"}}]}',
)
