"""What a review may speak of, and what its stars are called (GB/T 39734-2020: five levels, the last two are 差评)."""

from enum import StrEnum

MOST_STARS, NEGATIVE = 5, 2
# From here on somebody was satisfied (基本满意).
SATISFIED = 3


class Aspect(StrEnum):
    """办事指南, 材料要求, 办理速度, 网上办理, 服务态度, 结果告知, 隐私保护."""

    GUIDANCE = "guidance"
    MATERIALS = "materials"
    SPEED = "speed"
    ONLINE = "online"
    ATTITUDE = "attitude"
    RESULT = "result"
    PRIVACY = "privacy"
