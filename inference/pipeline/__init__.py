"""The station without a screen: stages, channels, pacing. Knows only protocols; never Qt, never storage."""
